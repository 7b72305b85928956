"""Counts: every file, config and split has as many rows as the manifest states."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from builders.release.verify.check import Fault, ReleaseCheck
from globmed.records.manifest import Manifest


def _faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Compare the rows of each file, and of each config and split, with the manifest."""
    totals: dict[tuple[str, str], int] = {}
    for path in sorted(folder.glob("data/*/*.parquet")):
        rows, name = pq.read_metadata(path).num_rows, path.relative_to(folder).as_posix()
        key = (path.parent.name, path.name.partition("-")[0])
        totals[key] = totals.get(key, 0) + rows
        if rows != manifest.files[name].rows:
            yield Fault(name, f"{rows} rows", f"{manifest.files[name].rows} rows")
    stated = {(config, split): rows for config, splits in manifest.configs.items() for split, rows in splits.items()}
    for config, split in sorted(totals.keys() | stated.keys()):
        found, expected = totals.get((config, split), 0), stated.get((config, split), 0)
        if found != expected:
            yield Fault(f"{config}/{split}", f"{found} rows", f"{expected} rows")


CHECK = ReleaseCheck("counts", _faults)
