"""A cache of results, valid while their inputs are unchanged."""

import hashlib
import importlib.metadata
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl

from globmed.storage.files import remove, replaced, sha256, sha256_text
from validation.facts.files import BUILT

#: In the folder of a build: the cache that the commands which read it share.
JUDGED = "judged"
#: In a cache: the signals of pairs of texts, as `validation.signals.quality.measure` keeps them.
SCORES = "scores"


def cache_of(folder: Path) -> Path | None:
    """Return the cache of a build's folder; None for one that may not be written, or another, such as a dataset."""
    return folder / JUDGED if (folder / BUILT).is_dir() and os.access(folder, os.W_OK) else None


def remembered(place: Path, inputs: Iterable[str], work: Callable[[], Mapping[str, pl.DataFrame]]) -> dict[str, Path]:
    """Return the frames that ``work`` makes as Parquet files by name, cached beside ``place``.

    The latest ones for other inputs are kept too, older ones removed: a build and its release may have other rows.

    Args:
        place: the path of that folder, to which a hash of the inputs is added.
        inputs: identifies everything that the frames depend on, such as the SHA-256 of files.
        work: makes the frames, unless they are cached for the same inputs.
    """
    folder = place.with_name(f"{place.name}-{_hash(inputs)}")
    if not folder.is_dir():
        made = work()
        with replaced(folder) as temporary:
            temporary.mkdir()
            for name, frame in made.items():
                frame.write_parquet(temporary / f"{name}.parquet")
            others = sorted(place.parent.glob(f"{place.name}-*"), key=lambda other: other.stat().st_mtime_ns)
            for older in others[:-1]:
                remove(older)
    return {path.stem: path for path in folder.iterdir()}


def remembered_rows(
    place: Path, inputs: Iterable[str], asked: pl.DataFrame, work: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """Return the requested rows with the columns that ``work`` adds; run it only on rows that are not cached.

    Args:
        place: the path of a Parquet file that caches the last request, to which a hash of the inputs is added.
        inputs: as `remembered`.
        asked: distinct rows.
        work: adds columns to rows, each independently of the others.

    Returns:
        The rows in their order with the added columns.
    """
    file = place.with_name(f"{place.name}-{_hash(inputs)}.parquet")
    made: list[pl.DataFrame] = []
    unknown = asked
    if file.is_file():
        made = [pl.read_parquet(file, glob=False)]
        unknown = asked.join(made[0], on=asked.columns, how="anti", nulls_equal=True)
    complete = bool(made) and unknown.is_empty()
    if not complete:
        made.append(work(unknown))
    found = asked.join(pl.concat(made), on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    if complete:
        return found
    with replaced(file) as temporary:
        found.write_parquet(temporary)
        for older in file.parent.glob(f"{place.name}-*.parquet"):
            older.unlink()
    return found


def told(files: Iterable[Path], packages: Iterable[str]) -> list[str]:
    """Return the SHA-256 of files and the installed versions of packages, as inputs of a cache."""
    return [*map(sha256, files), *map(importlib.metadata.version, packages)]


def digest(frame: pl.DataFrame) -> str:
    """Return the SHA-256 of a frame's values."""
    found = hashlib.sha256()
    for batch in frame.rechunk().to_arrow().to_batches():
        found.update(batch.serialize())
    return found.hexdigest()


def _hash(inputs: Iterable[str]) -> str:
    return sha256_text(*inputs)[:32]
