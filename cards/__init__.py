"""The cards of datasets and models: templates and their rendering."""

from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
