"""The licence and citation of a source: a file of ``LICENSES/``."""

from cards.dataset import SourceFigures
from cards.page import render


def licence_page(source: SourceFigures) -> str:
    """``LICENSES/<source>.md``."""
    return render("licence.md.jinja", {"source": source})
