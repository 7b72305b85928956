"""The quality of rows: every signal of validation over a config's translated texts, the worst of each row.

Untranslated rows have no signals. `globmed.schema.QUALITY` has the fields; reasons and what is critical are those
of `validation.signals.pairs`, and these: the reasons of `validation.signals.rows.options`, and ``collapsed`` for a row
that asks the same as another one does, though their sources ask something else. All of these are critical.
``terminology``, ``round_trip`` and ``estimator`` need `Evidence` beside the rows; they rank for review and are never
critical.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from globmed.cli.processes import in_processes
from globmed.languages import ENGLISH, Language, language
from globmed.languages import __file__ as languages_module
from globmed.schema import ASKED, SIGNALS, TEXTS, polars_schema
from validation.facts.remember import digest, remembered_rows, told
from validation.signals.evidence.round_trip import SHORTEST
from validation.signals.pairs import score_pairs
from validation.signals.rows.options import options

#: The reason of a row that asks what another row asks, though their sources ask something else.
COLLAPSED = "collapsed"
#: Pairs that a process scores at a time. Fewer than two such chunks are not worth a second process.
CHUNK = 20_000
_SIGNALS, _LANGUAGES = Path(__file__).parent, Path(languages_module).parent
#: The inputs of a pair's scores, besides the pair.
CODE = (
    *(path for kind in ("py", "toml") for path in sorted(_SIGNALS.rglob(f"*.{kind}"))),
    *(_LANGUAGES / name for name in ("languages.toml", "__init__.py", "identify.py", "similar.py", "similar.toml")),
)
PACKAGES = ("polars", "pycld2", "sacrebleu")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence that some signals need besides the rows.

    ``glossary`` has the columns ``source, target``, agreed translations of terms; ``back`` has ``target, back``,
    translations and what they are when translated back; ``estimates`` has ``source, target, estimator``.
    """

    glossary: pl.DataFrame | None = None
    back: pl.DataFrame | None = None
    estimates: pl.DataFrame | None = None

    def beside(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return the pairs with a column for each piece of evidence."""
        for found, key in ((self.back, ["target"]), (self.estimates, ["source", "target"])):
            if found is not None:
                pairs = pairs.join(found, on=key, how="left", maintain_order="left")
        return pairs


NO_EVIDENCE = Evidence()


def measure(
    rows: pl.DataFrame,
    english: pl.DataFrame,
    target: Language,
    processes: int = 1,
    evidence: Evidence = NO_EVIDENCE,
    kept: Path | None = None,
    source: Language | None = None,
) -> pl.DataFrame:
    """Measure the signals of a config's rows.

    Args:
        rows: ``id``, ``origin``, ``answer``, ``options`` and `globmed.schema.TEXTS` of each row.
        english: the same of the English items.
        target: the config's language.
        processes: the number of scoring processes; it changes no value.
        evidence: missing evidence leaves its signal null.
        kept: a folder that caches the signals of pairs.
        source: the language of ``english``, if the rows were translated from another one.

    Returns:
        ``id`` and ``quality``, a row a row, in the order of ``rows``.
    """
    translated = rows.filter(pl.col("origin") != "original").join(english, on="id", suffix="_source")
    source = source or language(ENGLISH)
    if target == source:
        translated = translated.clear()
    pairs = text_pairs(translated)
    scored = pairs.join(
        _scored(pairs, source, target, processes, evidence, kept), on=["source", "target"], maintain_order="left"
    )
    found = _worst(scored).join(_structure(translated, target), on="id", how="full", coalesce=True)
    reasons = pl.concat_list(pl.col("reasons", "reasons_structure").fill_null([])).list.unique().list.sort()
    critical = pl.col("critical").fill_null(False) | (pl.col("reasons_structure").list.len() > 0).fill_null(False)
    quality = rows.select("id").join(found, on="id", how="left", maintain_order="left")
    unmeasured = [pl.lit(None, pl.Float64).alias(name) for name in SIGNALS if name not in found.columns]
    measured = quality.with_columns(*unmeasured, critical.alias("critical"), reasons.alias("reasons"))
    kind = polars_schema()["quality"]
    return measured.select("id", pl.struct(*SIGNALS, "critical", "reasons").cast(kind).alias("quality"))


def text_pairs(translated: pl.DataFrame) -> pl.DataFrame:
    """Return ``id, source, target`` of every text and option that has both, with the sources in ``*_source``."""
    text_of = pl.element().struct.field("text")
    lists = translated.filter(pl.col("options").list.len() == pl.col("options_source").list.len()).select(
        "id",
        pl.col("options_source").list.eval(text_of).alias("source"),
        pl.col("options").list.eval(text_of).alias("target"),
    )
    return pl.concat([long_pairs(translated), lists.explode("source", "target").drop_nulls()])


def long_pairs(translated: pl.DataFrame) -> pl.DataFrame:
    """Return the same of every text but options."""
    texts = [
        translated.select("id", pl.col(f"{name}_source").alias("source"), pl.col(name).alias("target"))
        for name in TEXTS
    ]
    return pl.concat(texts).drop_nulls()


def _scored(
    pairs: pl.DataFrame, source: Language, target: Language, processes: int, evidence: Evidence, kept: Path | None
) -> pl.DataFrame:
    """Return every distinct pair with its signals."""
    distinct = evidence.beside(pairs.select("source", "target").unique().sort("source", "target"))
    score = partial(_score, source=source, target=target, processes=processes, glossary=evidence.glossary)
    if kept is None:
        return score(distinct)
    terms = [] if evidence.glossary is None else [digest(evidence.glossary)]
    inputs = [source.name, target.name, *distinct.columns, *terms, *told(CODE, PACKAGES)]
    return remembered_rows(kept / f"{source.name}-{target.name}", inputs, distinct, score)


def _score(
    pairs: pl.DataFrame, source: Language, target: Language, processes: int, glossary: pl.DataFrame | None
) -> pl.DataFrame:
    chunks = [pairs[start : start + CHUNK] for start in range(0, max(pairs.height, 1), CHUNK)]
    score = partial(score_pairs, source=source, target=target, glossary=glossary)
    return pl.concat(in_processes(score, chunks, processes))


def _worst(scored: pl.DataFrame) -> pl.DataFrame:
    """Return the worst value of each signal by row; the round trip of a short text is too unreliable to count."""
    worst = {
        "least": lambda value: value.min(),
        "most": lambda value: value.max(),
        "off": lambda value: value.get(value.log().abs().arg_max()),
    }
    decided = [worst[signal.worst](pl.col(name)) for name, signal in SIGNALS.items() if name in scored.columns]
    long = pl.col("source").str.len_chars() >= SHORTEST
    short_ones = [pl.when(long).then(name).alias(name) for name in scored.columns if name == "round_trip"]
    return (
        scored.with_columns(short_ones)
        .group_by("id", maintain_order=True)
        .agg(
            *decided,
            pl.col("reasons").list.explode().drop_nulls().unique(),
            pl.col("critical").any(),
        )
    )


def _structure(translated: pl.DataFrame, target: Language) -> pl.DataFrame:
    """Return the faults that no single text shows: ``id, options`` (1 or 0) and ``reasons_structure``."""
    of_options = options(translated["options_source"], translated["options"], target)
    collapsed = pl.when(_collapsed()).then(pl.lit(COLLAPSED))
    return translated.with_columns(of_options["reasons"], of_options["critical"]).select(
        "id",
        pl.when(pl.col("options_source").is_not_null())
        .then(1.0 - pl.col("critical").cast(pl.Float64))
        .alias("options"),
        pl.concat_list("reasons", collapsed).list.drop_nulls().alias("reasons_structure"),
    )


def _collapsed() -> pl.Expr:
    """Return an expression: another row asks the same in the target language, and something else in English.

    One question that an upstream words in two ways may well have one translation: what people translated counts only
    where the answers differ too.
    """
    asked = pl.struct(*ASKED, "options")
    source = pl.struct(*(f"{name}_source" for name in (*ASKED, "options")))
    answers = pl.coalesce("answer", "long_answer_source")
    several = source.n_unique().over(asked) > 1
    return several & ((pl.col("origin") == "machine") | (answers.n_unique().over(asked) > 1))
