"""The signal against facts that became others: a contradiction, since both sides say one of a kind and not the same.

Of each kind the mentions are counted on both sides of a span, a sentence or a few (`validation.signals.spans`). A span
that has one of them less and another one more contradicts its source. One that only lacks a fact may express it in
unlisted words, or have left it to its neighbour: nothing is concluded.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from globmed.languages import Language
from validation.signals.fold import fold
from validation.signals.signal import SOURCE, TARGET, TextSignal
from validation.signals.spans import spans
from validation.signals.text.facts.drugs import drugs, known
from validation.signals.text.facts.exchanged import exchanged
from validation.signals.text.facts.kinds import Kind, kinds
from validation.signals.text.facts.roles import changed_roles

COUNTED = pl.Schema({"row": pl.UInt32(), "said": pl.Int64(), "contradicted": pl.Int64()})


def facts(pairs: pl.DataFrame, source_language: Language, target_language: Language) -> pl.Series:
    """Return the share of each source's facts that its translation does not contradict.

    1 where the source has none, null where the words of a language are not listed.

    Args:
        pairs: ``source`` and ``target``.
        source_language: what the sources are written in.
        target_language: what the translations are written in.
    """
    if not (kinds(source_language) and kinds(target_language)):
        return pl.repeat(None, pairs.height, dtype=pl.Float64, eager=True)
    texts = pairs.select("source", "target").with_row_index("row")
    spanned = spans(texts, target_language).rename({"row": "text"}).with_row_index("row")
    folded = spanned.select("text", "row", fold(SOURCE).alias("source"), fold(TARGET).alias("target"))
    found = [counted for _, counted in by_kind(folded, source_language, target_language)]
    counted = pl.concat([COUNTED.to_frame(), *found, exchanged(folded)]).join(spanned.select("row", "text"), on="row")
    totals = counted.group_by("text").agg(pl.sum("said", "contradicted")).rename({"text": "row"})
    share = 1 - (pl.col("contradicted") / pl.col("said")).fill_null(0)
    return texts.join(totals, on="row", how="left", maintain_order="left").select(share.alias("facts"))["facts"]


def by_kind(
    folded: pl.DataFrame, source_language: Language, target_language: Language
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each kind of facts with ``row, said, contradicted`` of the texts whose source has some.

    Args:
        folded: ``row, source, target``.
        source_language: what the sources are written in.
        target_language: what the translations are written in.
    """
    here, there = kinds(source_language), kinds(target_language)
    for name in (name for name in here if name in there):
        said = folded.filter(pl.col("source").str.contains(here[name].any))
        # Compiling the patterns takes longer than reading a few texts.
        if said.is_empty():
            continue
        sides = _mentions(said, "source", here[name]), _mentions(said, "target", there[name])
        yield name, _contradictions(*sides, set(here[name].facts) & set(there[name].facts))
    named = drugs(folded, "source", source_language)
    translated = drugs(folded.join(named, on="row", how="semi"), "target", target_language)
    yield "drug", _contradictions(named, translated, known(source_language) & known(target_language))
    yield "role", changed_roles(folded, source_language, target_language)


def _mentions(texts: pl.DataFrame, side: str, kind: Kind) -> pl.DataFrame:
    """Return ``row, fact`` of every mention of a kind on one side; of two phrases in one place the longer counts."""
    phrases = pl.col(side).str.replace_all(kind.idle, " ").str.extract_all(kind.any).alias("phrase")
    found = texts.select("row", phrases).explode("phrase").drop_nulls()
    fact = pl.coalesce(
        pl.when(pl.col("phrase").str.contains(f"^(?:{pattern})$")).then(pl.lit(name))
        for name, pattern in kind.facts.items()
    )
    return found.join(found.select(pl.col("phrase").unique()).with_columns(fact=fact), on="phrase").drop("phrase")


def _contradictions(source: pl.DataFrame, target: pl.DataFrame, shared: Iterable[str]) -> pl.DataFrame:
    """Return `COUNTED` of the rows whose source mentions facts that both languages have words for."""
    sides = [
        side.filter(pl.col("fact").is_in(list(shared))).group_by("row", "fact").agg(pl.len().cast(pl.Int64).alias(name))
        for name, side in (("source", source), ("target", target))
    ]
    counts = sides[0].join(sides[1], on=["row", "fact"], how="full", coalesce=True).fill_null(0)
    lost, gained = ((pl.col(a) - pl.col(b)).clip(0).sum() for a, b in (("source", "target"), ("target", "source")))
    totals = counts.group_by("row").agg(said=pl.sum("source"), contradicted=pl.min_horizontal(lost, gained))
    return totals.filter(pl.col("said") > 0).cast(COUNTED)


SIGNAL = TextSignal(
    "facts",
    measure=lambda texts: pl.lit(facts(texts.pairs, texts.source_language, texts.target_language)),
    fault=lambda share, texts: share < 1,
)
