"""The change log of the dataset repository: one entry per version, the newest first."""

from collections.abc import Mapping

from globmed.versions.numbers import Version

_HEADING = "# Changes\n\n"


def change_log(version: Version, entry: str, previous: str = "") -> str:
    """Return a change log with a version's entry before those of an older log."""
    older = previous.removeprefix(_HEADING).strip()
    return _HEADING + f"## {version}\n\n{entry.strip()}\n" + (f"\n{older}\n" if older else "")


def first_entry(rows: Mapping[str, int]) -> str:
    """Return the entry of a first version: the number of rows of each config, in the order of ``rows``."""
    return "\n".join(f"- {config}: {count:,} rows" for config, count in rows.items())
