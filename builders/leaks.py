"""Items that may not be trained on: what they ask stands in a held-out split too, word for word or nearly.

Found in every language that an upstream is in, left out in all of them, and listed with the item that they repeat.
"""

from pathlib import Path

import polars as pl

from builders.parquet import write_parquet
from globmed.languages import languages
from validation.leakage import find_leakage

ITEMS = "items.parquet"
LEAKS = "leaks.parquet"


def leave_out_leaks(items: Path, out: Path) -> None:
    """Write `ITEMS` without those of train that leak, and `LEAKS` (see `validation.leakage.find_leakage`)."""
    everything = pl.read_parquet(items)
    present = [each for each in languages().values() if each.tag in everything["language"].unique()]
    leaks = pl.concat([find_leakage(everything.filter(language=each.tag), each) for each in present])
    kept = everything.join(leaks.select(id="id_a"), on="id", how="anti", maintain_order="left")
    write_parquet(kept, out / ITEMS)
    write_parquet(leaks, out / LEAKS)
