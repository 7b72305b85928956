"""Results that are kept while what they were made of is the same."""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl


def remembered(place: Path, inputs: Iterable[str], work: Callable[[], Mapping[str, pl.DataFrame]]) -> dict[str, Path]:
    """The frames that ``work`` makes, as Parquet files by name, in a folder beside ``place``; older ones are removed.

    Args:
        place: the path of that folder, to which a hash of the inputs is added.
        inputs: what tells apart everything that the frames depend on, such as the SHA-256 of files.
        work: makes them, unless they are there for the same inputs.
    """
    digest = hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:32]
    folder = place.with_name(f"{place.name}-{digest}")
    if not folder.is_dir():
        temporary = place.with_name(f".{place.name}.partial")
        shutil.rmtree(temporary, ignore_errors=True)
        made = work()
        temporary.mkdir(parents=True)
        for name, frame in made.items():
            frame.write_parquet(temporary / f"{name}.parquet")
        for older in place.parent.glob(f"{place.name}-*"):
            shutil.rmtree(older)
        temporary.rename(folder)
    return {path.stem: path for path in folder.iterdir()}


def digest(frame: pl.DataFrame) -> str:
    """The SHA-256 of a frame's values."""
    found = hashlib.sha256()
    for batch in frame.rechunk().to_arrow().to_batches():
        found.update(batch.serialize())
    return found.hexdigest()
