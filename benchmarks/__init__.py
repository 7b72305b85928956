"""Measurements, each a command: `python -m benchmarks.<name>`, whichever folder has it."""

from pathlib import Path

__path__ += sorted(str(init.parent) for init in Path(__file__).parent.glob("*/__init__.py"))
