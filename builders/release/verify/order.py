"""Order: the rows of a split are sorted by id, without duplicates."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from builders.release.verify.check import Fault, ReleaseCheck
from globmed.records.manifest import Manifest
from globmed.schema import SPLITS


def _faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Find the first row of each split that is out of order or there twice."""
    for config in sorted((folder / "data").iterdir()):
        for split in SPLITS:
            files = sorted(config.glob(f"{split}-*.parquet"))
            ids = (
                pl.concat([pl.read_parquet(path, columns=["id"], glob=False) for path in files])["id"]
                if files
                else pl.Series([])
            )
            out_of_order = ids.filter((ids <= ids.shift()).fill_null(False)) if files else ids
            for row in out_of_order.head(1):
                yield Fault(f"{config.name}/{split}", f"id {row} after a larger or the same one", "rows sorted by id")


CHECK = ReleaseCheck("order", _faults)
