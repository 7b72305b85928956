"""The errata: the errors of the upstreams themselves, by record, without their texts."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from builders.sources.audit.faults import Fault
from builders.sources.item import Item, Reason
from builders.sources.source import Source
from globmed.errors import UserError

ERRATA = "errata.parquet"
#: ``id`` and ``record`` (the place in ``file``) name the record; of a fault of a whole split both are null.
SCHEMA = dict.fromkeys(("source", "language", "split", "id", "file", "record", "kind", "action", "detail"), pl.String())
#: Reasons that the publisher states itself, or choices of this project: no faults of the upstream.
NO_FAULT = (
    *(Reason.OUTSIDE_FIELD, Reason.IMAGE, Reason.OTHER_TASK, Reason.LANGUAGES_DIFFER, Reason.DUPLICATE),
    Reason.SEVERAL_ANSWERS,
)
#: A larger difference from the published count is listed.
FAR = 0.02


def of_items(items: Iterable[Item]) -> pl.DataFrame:
    """Return a line for every fault of the kept items."""
    rows = [
        (item.source, item.language, item.split, item.id, item.file, item.record, fault.value, fault.action, None)
        for item in items
        for fault in item.faults
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def errata(
    sources: Sequence[Source], items: pl.DataFrame, rejects: pl.DataFrame, mended: pl.DataFrame, noted: pl.DataFrame
) -> pl.DataFrame:
    """Return the errata of all sources, sorted.

    Args:
        sources: the sources that were read.
        items: the remaining items, with ``file``, ``record`` and ``row``.
        rejects: all rejects.
        mended: `of_items`, of all items.
        noted: ``row``, ``kind`` and ``detail`` of items that are kept.
    """
    kept = mended.join(items, on=("id", "language"), how="semi")
    also = items.join(noted, on="row").with_columns(action=pl.lit("noted")).select(*SCHEMA)
    lines = pl.concat([kept, also, _of_rejects(items, rejects), _counts(sources, items, rejects)])
    return lines.unique().sort(*SCHEMA, nulls_last=True)


def leak_lines(leaks: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return the leak register as lines of the errata: each item of train with the held-out item that it repeats.

    Args:
        leaks: pairs as `validation.facts.leakage.find_leakage` gives them.
        items: all items, including the leaking ones that are left out.
    """
    first = leaks.group_by("id_a").agg(pl.col("id_b").unique().sort().str.join(" ").alias("detail"))
    return (
        items.join(first, left_on="id", right_on="id_a")
        .with_columns(
            file=pl.lit(None, pl.String),
            record=pl.lit(None, pl.String),
            kind=pl.lit(Fault.LEAK.value),
            action=pl.lit(Fault.LEAK.action),
        )
        .select(*SCHEMA)
    )


def _of_rejects(items: pl.DataFrame, rejects: pl.DataFrame) -> pl.DataFrame:
    # For a split without any item, the publisher withholds the answers: its records are not faulty.
    answered = items.select("source", "language", "split").unique()
    withheld = rejects.filter(reason=Reason.NO_CORRECT_ANSWER).join(
        answered, on=("source", "language", "split"), how="anti"
    )
    path = pl.concat_str("source", "split", "record_id", separator="/")
    return (
        rejects.filter(~pl.col("reason").is_in([reason.value for reason in NO_FAULT]))
        .join(withheld, on=("source", "language", "file", "record", "reason"), how="anti", nulls_equal=True)
        .with_columns(
            id=pl.when(pl.col("record_id") != "").then(path),
            kind="reason",
            action=pl.lit("left out"),
            # Any other detail may have words of the record.
            detail=pl.when(pl.col("reason") == Reason.TWO_KEYS.value).then("detail"),
        )
        .select(*SCHEMA)
    )


def _counts(sources: Sequence[Source], items: pl.DataFrame, rejects: pl.DataFrame) -> pl.DataFrame:
    """Return a line for every split whose number of records differs much from the published one."""
    own = rejects.filter(~pl.col("reason").is_in([Reason.OUTSIDE_FIELD.value, Reason.DUPLICATE.value]))
    key = ["source", "language", "split"]
    found = pl.concat([items.select(key), own.select(key)]).group_by(key).len().sort(key)
    published = {source.name: source.records for source in sources}
    lines = [
        (name, tag, split, None, None, None, Fault.COUNT.value, Fault.COUNT.action, f"{count:,} of {stated:,}")
        for name, tag, split, count in found.iter_rows()
        for stated in [published[name].get(split, count)]
        if abs(count - stated) > FAR * stated
    ]
    return pl.DataFrame(lines, schema=SCHEMA, orient="row")


def register(items: Path, leaks: Path) -> pl.DataFrame:
    """Return the errata of a folder of items, with the leak register.

    Args:
        items: the folder that `builders.sources.items.build_items` wrote.
        leaks: the pairs that `builders.rows.leaks.leave_out_leaks` wrote.

    Raises:
        UserError: the folder has no items, or an older version of this project, without errata, built it.
    """
    for file in (items / ERRATA, leaks):
        if not file.is_file():
            raise UserError(f"{file} is not there, expected what a build lists: run `globmed build` again")
    lines = pl.read_parquet(items / ERRATA, glob=False)
    read = pl.read_parquet(items / "items.parquet", columns=["id", "language", "source", "split"], glob=False)
    return pl.concat([lines, leak_lines(pl.read_parquet(leaks, glob=False), read)]).sort(*SCHEMA, nulls_last=True)
