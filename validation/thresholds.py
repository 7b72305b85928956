"""The thresholds of the suites, read from ``thresholds.toml``, where each has its reason."""

import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType

THRESHOLDS = Path(__file__).with_name("thresholds.toml")


@cache
def thresholds() -> "MappingProxyType[str, float]":
    """Return every threshold by ``suite.name``."""
    tables = tomllib.loads(THRESHOLDS.read_text("utf-8"))
    return MappingProxyType(
        {
            f"{suite}.{name}": float(entry["value"])
            for suite, entries in tables.items()
            for name, entry in entries.items()
        }
    )
