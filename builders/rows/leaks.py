"""Items that leak into train: their question is also in a held-out split, exactly or nearly.

They are found in every language of an upstream, left out in all, and listed with the item that they repeat.
"""

from pathlib import Path

import polars as pl

from globmed.languages import languages
from globmed.storage.parquet import write_parquet
from globmed.storage.queries import connect, query
from validation.facts.leakage import find_leakage

ITEMS = "items.parquet"
LEAKS = "leaks.parquet"


def leave_out_leaks(items: Path, out: Path, limit: int | None = None) -> None:
    """Write `ITEMS` without those of train that leak, and `LEAKS` (see `validation.facts.leakage.find_leakage`).

    With a limit, only the first items that do not leak are kept (``sql/rows/first_items.sql``).
    """
    everything = pl.read_parquet(items, glob=False)
    present = [each for each in languages().values() if each.tag in everything["language"].unique()]
    leaks = pl.concat([find_leakage(everything.filter(language=each.tag), each) for each in present])
    kept = everything.join(leaks.select(id="id_a"), on="id", how="anti", maintain_order="left")
    write_parquet(kept if limit is None else first_items(kept, limit), out / ITEMS)
    write_parquet(leaks, out / LEAKS)


def first_items(items: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Return the first items in every language that they have (``sql/rows/first_items.sql``)."""
    with connect() as database:
        chosen = query(database, "rows/first_items", {"items": items.select("id", "source", "split")}, limit=limit)
    return items.join(chosen, on="id", how="semi", maintain_order="left")
