"""The change log of the dataset repository: one entry per version, the newest first."""

import polars as pl

from globmed.languages import languages
from globmed.versions.numbers import Version

_HEADING = "# Changes\n\n"


def change_log(version: Version, entry: str, previous: str = "") -> str:
    """Return a change log with a version's entry before those of an older log."""
    older = previous.removeprefix(_HEADING).strip()
    return _HEADING + f"## {version}\n\n{entry.strip()}\n" + (f"\n{older}\n" if older else "")


def first_entry(figures: pl.DataFrame) -> str:
    """Return the entry of a first version: the rows of each language; ``figures`` has ``config`` and ``rows``."""
    totals = dict(figures.group_by("config").agg(pl.col("rows").sum()).iter_rows())
    return "\n".join(f"- {name}: {totals[name]:,} rows" for name in languages() if name in totals)
