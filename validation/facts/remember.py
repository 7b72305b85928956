"""Results that are kept while what they were made of is the same."""

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl

from globmed.storage.files import remove, replaced, sha256, sha256_text


def remembered(place: Path, inputs: Iterable[str], work: Callable[[], Mapping[str, pl.DataFrame]]) -> dict[str, Path]:
    """The frames that ``work`` makes, as Parquet files by name, in a folder beside ``place``; older ones are removed.

    Args:
        place: the path of that folder, to which a hash of the inputs is added.
        inputs: what tells apart everything that the frames depend on, such as the SHA-256 of files.
        work: makes them, unless they are there for the same inputs.
    """
    folder = place.with_name(f"{place.name}-{_hash(inputs)}")
    if not folder.is_dir():
        made = work()
        with replaced(folder) as temporary:
            temporary.mkdir()
            for name, frame in made.items():
                frame.write_parquet(temporary / f"{name}.parquet")
            for older in place.parent.glob(f"{place.name}-*"):
                remove(older)
    return {path.stem: path for path in folder.iterdir()}


def remembered_rows(
    place: Path, inputs: Iterable[str], asked: pl.DataFrame, work: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """What ``work`` adds to every row that is asked for; it is done for those alone that were not asked for before.

    Args:
        place: the path of a Parquet file that keeps what was asked for last, to which a hash of the inputs is added.
        inputs: as `remembered`.
        asked: distinct rows.
        work: adds columns to rows, of which it judges each by itself.

    Returns:
        The rows in their order with the added columns.
    """
    file = place.with_name(f"{place.name}-{_hash(inputs)}.parquet")
    known = pl.read_parquet(file, glob=False) if file.is_file() else work(asked.clear())
    made = work(asked.join(known, on=asked.columns, how="anti", nulls_equal=True))
    found = asked.join(pl.concat([known, made]), on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    with replaced(file) as temporary:
        found.write_parquet(temporary)
        for older in file.parent.glob(f"{place.name}-*.parquet"):
            older.unlink()
    return found


def told(files: Iterable[Path], packages: Iterable[str]) -> list[str]:
    """What tells files and the installed versions of packages from others, as inputs of what is remembered."""
    return [*map(sha256, files), *map(importlib.metadata.version, packages)]


def digest(frame: pl.DataFrame) -> str:
    """The SHA-256 of a frame's values."""
    found = hashlib.sha256()
    for batch in frame.rechunk().to_arrow().to_batches():
        found.update(batch.serialize())
    return found.hexdigest()


def _hash(inputs: Iterable[str]) -> str:
    return sha256_text(*inputs)[:32]
