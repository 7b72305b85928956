"""The pivot: English for the items that were born in another language and have none.

Every other language is made of English: packages, translation memories, glossaries, reviews and the signals of quality
all have it on one side. So any language is reached from any, in two steps at most, and each is in `provenance`.
English that changed a number, unit, comparison or option of the native text is withheld, and with it every language.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from builders.rows.assemble import joined
from builders.rows.leaks import ITEMS, first_items
from builders.translate.memory import into_english
from builders.translate.segments import segments_of
from builders.translate.translations import translations_into_english
from globmed.languages import ENGLISH, Language, language
from globmed.schema import polars_schema
from globmed.storage.parquet import write_parquet
from validation.facts.withheld import is_withheld
from validation.known_issues import accepted_rows
from validation.signals.quality import measure

if TYPE_CHECKING:
    from builders.translate.machine.machine import Machine
    from builders.translate.packages.package import Package

#: The English rows that are withheld, with their quality.
ASIDE = "withheld.parquet"


def build_pivot(
    items: Path,
    memory: Path,
    out: Path,
    packages: "Mapping[str, Package]",
    machine: "Machine | None" = None,
    limit: int | None = None,
    kept: Path | None = None,
) -> None:
    """Write the items, with English ones for those that have none, and `ASIDE` into the folder ``out``.

    Args:
        items: of the items stage.
        memory: as `builders.translate.memory.build_memory` writes it.
        out: the folder.
        packages: into English, by the tag of what they translate.
        machine: the means of translation.
        limit: only so many items are wanted, the first; others get no English.
        kept: a folder that caches the signals of pairs.
    """
    everything = pl.read_parquet(items, glob=False)
    entries = pl.read_parquet(memory, glob=False)
    wanted = _without_english(everything if limit is None else first_items(everything, limit))
    made = [
        _in_english(native, language(str(tag)), entries, packages.get(str(tag)), machine, kept)
        for (tag,), native in wanted.group_by("language", maintain_order=True)
    ]
    out.mkdir(parents=True)
    unread = {name: pl.lit(None, polars_schema()[name]).alias(name) for name in ("quality", "review")}
    rows = pl.concat([everything.clear().with_columns(unread["quality"]), *made], how="diagonal")
    aside = rows.select(pl.col("id"), "origin", "quality", unread["review"]).select(
        is_withheld(accepted_rows(ENGLISH)).alias("aside")
    )["aside"]
    write_parquet(rows.filter(aside), out / ASIDE)
    sound = rows.filter(~aside).drop("quality")
    write_parquet(pl.concat([everything, sound], how="diagonal").sort("id", "language"), out / ITEMS)


def _without_english(items: pl.DataFrame) -> pl.DataFrame:
    """Return one item of every id that has no English one: the original, where there are several languages."""
    english = items.filter(language=language(ENGLISH).tag)
    lone = items.join(english, on="id", how="anti").sort(pl.col("origin") != "original", "language", "id")
    return lone.unique("id", keep="first", maintain_order=True)


def _in_english(
    native: pl.DataFrame,
    source: Language,
    memory: pl.DataFrame,
    package: "Package | None",
    machine: "Machine | None",
    kept: Path | None,
) -> pl.DataFrame:
    """Return the English rows of items in another language, with their quality."""
    segments = segments_of(native.lazy())
    translations = translations_into_english(segments, into_english(memory, source.tag), package, machine)
    rows = joined(native.lazy(), segments.lazy(), translations.lazy(), language(ENGLISH), source)
    quality = measure(rows, native, language(ENGLISH), pl.thread_pool_size(), kept=kept, source=source)
    return rows.join(quality, on="id", maintain_order="left")
