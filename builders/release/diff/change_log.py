"""The change log of the dataset repository: one entry a version, the newest first."""

import polars as pl

from globmed.languages import languages
from globmed.versions.numbers import Version

_HEADING = "# Changes\n\n"


def change_log(version: Version, entry: str, previous: str = "") -> str:
    """A change log with a version's entry before those of an older one."""
    older = previous.removeprefix(_HEADING).strip()
    return _HEADING + f"## {version}\n\n{entry.strip()}\n" + (f"\n{older}\n" if older else "")


def first_entry(figures: pl.DataFrame) -> str:
    """The entry of a first version: the rows of every language; ``figures`` has ``config`` and ``rows``."""
    totals = dict(figures.group_by("config").agg(pl.col("rows").sum()).iter_rows())
    return "\n".join(f"- {name}: {totals[name]:,} rows" for name in languages() if name in totals)
