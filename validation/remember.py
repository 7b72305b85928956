"""Results that are kept while what they were made of is the same."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from globmed.published import sha256


def remembered(place: Path, inputs: Sequence[Path], work: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """The frame that ``work`` makes, kept beside ``place`` under the SHA-256 of its inputs; older ones are removed.

    Args:
        place: the path of the file that keeps it, without a suffix.
        inputs: every file that the result depends on.
        work: makes it.
    """
    digest = hashlib.sha256("".join(sha256(path) for path in inputs).encode()).hexdigest()[:32]
    file = place.with_name(f"{place.name}-{digest}.parquet")
    if file.is_file():
        return pl.read_parquet(file)
    made = work()
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.partial")
    made.write_parquet(temporary)
    for older in place.parent.glob(f"{place.name}-*.parquet"):
        older.unlink()
    temporary.rename(file)
    return made
