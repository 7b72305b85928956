"""Measure the signals of the texts again, and compare them with the column `quality`.

The column is not trusted: a value that differs from the measured one means that somebody edited the text or the
column. Measuring is the pipeline's own (`validation.signals.quality.measure`), and cached by pair of texts.
"""

from functools import partial
from pathlib import Path

import polars as pl

from globmed import schema
from globmed.languages import ENGLISH, languages
from globmed.schema import SIGNALS, TEXTS
from validation.facts import withheld
from validation.facts.remember import SCORES, remembered, told
from validation.facts.structure import FAULT
from validation.facts.withheld import is_withheld
from validation.signals.quality import CODE, COLLAPSED, PACKAGES, long_pairs, measure
from validation.signals.rows.alignment import FAULT_BELOW, alignment
from validation.thresholds import THRESHOLDS, thresholds

#: Signals that need evidence besides the texts, which a folder of rows does not have: they are not measured again.
EVIDENCE = ("terminology", "round_trip", "estimator")
MEASURED = tuple(name for name in SIGNALS if name not in EVIDENCE)
#: Reasons of these signals; ``collapsed`` is compared separately.
ELSEWHERE = (*EVIDENCE, COLLAPSED)
#: Another processor may round a logarithm differently.
TOLERANCE = 1e-6
SUITE, EDITED, CRITICAL, ALIGNMENT = "measured", "edited", "critical", "alignment"
NO_ENGLISH, SOURCE_NO_ENGLISH = "no_english", "source_no_english"
NATIVE, SOURCE_NATIVE = "native", "source_native"
NEEDED = ("id", "source", "origin", "answer", "options", *TEXTS, "provenance", "quality", "review")
#: This many texts, evenly drawn, show whether the rows of a config were mixed up; shorter ones say little.
SAMPLE, SHORTEST = 2_000, 40
#: The inputs of the findings, besides the rows and the signals.
DECIDES = (Path(__file__), Path(withheld.__file__), Path(schema.__file__), THRESHOLDS)
FINDING = {"suite": pl.String, **FAULT}


def measured_faults(files: pl.DataFrame, config: str, kept: Path) -> Path:
    """Return a Parquet file of ``suite`` and `FAULT`: the rows of a config whose quality differs from the measured one.

    It is cached while the files of the config and of English, and the code of the signals, are unchanged.

    Args:
        files: ``filename, config, split`` of the files of the right schema.
        config: whose rows.
        kept: a folder that caches results; below it are the signals of pairs of texts.
    """
    own, english = (_files(files, name) for name in (config, ENGLISH))
    if config == ENGLISH:
        own += [file for each in _native_files(files).values() for file in each]
    inputs = [config, str(len(own)), *told([*own, *english, *DECIDES, *CODE], PACKAGES)]
    found = remembered(kept / f"measured-{config}", inputs, partial(_compare, files, config, kept / SCORES))
    return found["faults"]


def _compare(files: pl.DataFrame, config: str, scores: Path) -> dict[str, pl.DataFrame]:
    rows, english = (_read(files, name) for name in (config, ENGLISH))
    if config not in languages() or rows.is_empty():
        return {"faults": pl.DataFrame(schema=FINDING)}
    english_texts = english.select("id", "answer", "options", *TEXTS)
    judged = rows.join(english_texts.select("id"), on="id", how="semi", maintain_order="left")
    measured = measure(judged.drop("quality"), english_texts, languages()[config], pl.thread_pool_size(), kept=scores)
    both = judged.join(measured, on="id", suffix="_measured")
    translated = judged.filter(pl.col("origin") != "original", pl.lit(config != ENGLISH))
    mixed = _mixed_up(translated.join(english_texts, on="id", suffix="_source"))
    faults = [_edited(both), _critical(both), mixed, _without_english(rows, english)]
    if config == ENGLISH:
        faults.append(_against_native(rows, files, scores))
    return {"faults": pl.concat([each.with_columns(config=pl.lit(config)).select(FINDING.keys()) for each in faults])}


def _files(files: pl.DataFrame, config: str) -> list[Path]:
    return [Path(file) for file in files.filter(config=config).sort("filename")["filename"]]


def _read(files: pl.DataFrame, config: str) -> pl.DataFrame:
    """Return the rows of a config with their split, one for each id; `structure` finds an id that is repeated."""
    parts = [
        pl.read_parquet(file, columns=list(NEEDED), glob=False).with_columns(split=pl.lit(split, pl.String))
        for file, split in files.filter(config=config).sort("filename").select("filename", "split").iter_rows()
    ]
    kinds = schema.polars_schema()
    nothing = pl.DataFrame(schema={**{name: kinds[name] for name in NEEDED}, "split": pl.String})
    rows = pl.concat([nothing, *parts])
    return rows.drop_nulls("id").unique("id", keep="first", maintain_order=True)


def _edited(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a finding for every value of ``quality`` that differs from ``quality_measured``."""
    stored, measured = pl.col("quality").struct, pl.col("quality_measured").struct
    differing = [
        pl.when(_differ(stored.field(name), measured.field(name))).then(
            pl.format(f"{name} is {{}}, measured {{}}", _shown(stored.field(name)), _shown(measured.field(name)))
        )
        for name in MEASURED
    ]
    reasons = [_own_reasons(column.field("reasons")) for column in (stored, measured)]
    # The row which another one collapsed with may have been withheld: the other one is still marked.
    was_alike, is_alike = (
        column.field("reasons").list.contains(COLLAPSED).fill_null(False) for column in (stored, measured)
    )
    critical = [column.field("critical").fill_null(False) for column in (stored, measured)]
    said = [
        *differing,
        pl.when(reasons[0] != reasons[1]).then(
            pl.format("reasons are {}, measured {}", *(each.list.join(", ") for each in reasons))
        ),
        pl.when(is_alike & ~was_alike).then(pl.lit(f"no {COLLAPSED} among the reasons, measured {COLLAPSED}")),
        pl.when((critical[0] != critical[1]) & ~(critical[0] & was_alike)).then(
            pl.format("critical is {}, measured {}", *critical)
        ),
    ]
    return (
        rows.with_columns(detail=pl.concat_list(said).list.drop_nulls().list.join("; "))
        .filter(pl.col("detail") != "")
        .select("id", "split", "detail", suite=pl.lit(SUITE), check=pl.lit(EDITED))
    )


def _differ(stored: pl.Expr, measured: pl.Expr) -> pl.Expr:
    within = (stored - measured).abs() <= TOLERANCE * measured.abs().clip(1)
    return stored.ne_missing(measured) & ~within.fill_null(False)


def _shown(value: pl.Expr) -> pl.Expr:
    return value.round_sig_figs(6).cast(pl.String).fill_null("null")


def _own_reasons(reasons: pl.Expr) -> pl.Expr:
    known = reasons.fill_null([])
    return known.list.set_difference(pl.lit(list(ELSEWHERE), pl.List(pl.String))).list.unique().list.sort()


def _critical(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a finding for every row that is measured as critical and that no reviewer has confirmed."""
    reasons = pl.col("quality").struct.field("reasons").list.join(", ")
    return (
        rows.with_columns(quality="quality_measured")
        .filter(is_withheld())
        .select("id", "split", detail=reasons, suite=pl.lit(SUITE), check=pl.lit(CRITICAL))
    )


def _mixed_up(translated: pl.DataFrame) -> pl.DataFrame:
    """Return a finding if the words of many texts do not go with those of their sources, as in the other rows."""
    long = long_pairs(translated).filter(pl.col("source").str.len_chars() >= SHORTEST)
    pairs = long.sort("id", "source").unique(["source", "target"], keep="first", maintain_order=True)
    many = min(SAMPLE, pairs.height)
    drawn = pairs[pl.int_range(many, eager=True) * pairs.height // max(many, 1)]
    judged = alignment(drawn["source"], drawn["target"]).drop_nulls()
    low = (judged < FAULT_BELOW).sum()
    found = [low] if low > thresholds()["measured.alignment"] * len(judged) else []
    return pl.DataFrame({"low": found}, schema={"low": pl.Int64}).select(
        split=pl.lit(None, pl.String),
        id=pl.lit(ALIGNMENT),
        detail=pl.format(f"{{}} of {len(judged)} texts that were drawn do not go with their sources", "low"),
        suite=pl.lit(SUITE),
        check=pl.lit(ALIGNMENT),
    )


def _against_native(english: pl.DataFrame, files: pl.DataFrame, scores: Path) -> pl.DataFrame:
    """Return the English rows that say something else than the native text they are translated from.

    Each is named; those of an upstream that published both languages are counted by source, since no build made them.
    """
    texts = ["id", "answer", "options", *TEXTS]
    translated = english.filter(pl.col("origin") != "original")
    judged = [_judged(english.clear()).with_columns(known=pl.lit(None, pl.String))]
    for name, native in _native_files(files).items():
        born = pl.concat(
            pl.scan_parquet(file, glob=False).filter(pl.col("origin") == "original").select(texts) for file in native
        ).collect()
        born = born.drop_nulls("id").unique("id", keep="first", maintain_order=True)
        own = translated.join(born.select("id"), on="id", how="semi", maintain_order="left")
        if own.is_empty():
            continue
        source = languages()[name]
        quality = measure(
            own.drop("quality"), born, languages()[ENGLISH], pl.thread_pool_size(), kept=scores, source=source
        )
        keys = born.select("id", known="answer")
        judged.append(_judged(own.drop("quality").join(quality, on="id")).join(keys, on="id", maintain_order="left"))
    every = pl.concat(judged)
    wrong = every.filter(pl.col("withheld") | pl.col("answer").ne_missing(pl.col("known")))
    key = pl.when(pl.col("answer").ne_missing(pl.col("known"))).then(pl.lit("another answer"))
    named = wrong.with_columns(detail=pl.concat_list(key, "reasons").list.drop_nulls().list.join(", "))
    each = named.filter("is_made").select("split", "id", "detail", check=pl.lit(NATIVE))
    upstream = every.filter(~pl.col("is_made")).group_by("source", "split").agg(pl.len().alias("rows"))
    counted = named.filter(~pl.col("is_made")).group_by("source", "split").agg(pl.len().alias("wrong"))
    of_sources = (
        counted.join(upstream, on=["source", "split"])
        .sort("source", "split")
        .select(
            "split",
            id="source",
            detail=pl.format("{} of {} English rows of the upstream differ from its native text", "wrong", "rows"),
            check=pl.lit(SOURCE_NATIVE),
        )
    )
    return pl.concat([each, of_sources]).with_columns(suite=pl.lit(SUITE))


def _native_files(files: pl.DataFrame) -> dict[str, list[Path]]:
    """Return the files with rows that were born in another language, by config; none if all English was born so."""
    if not any(_has_origin(file, pl.col("origin") != "original") for file in _files(files, ENGLISH)):
        return {}
    others = [name for name in languages() if name != ENGLISH and name in files["config"]]
    native = {
        name: [file for file in _files(files, name) if _has_origin(file, pl.col("origin") == "original")]
        for name in others
    }
    return {name: found for name, found in native.items() if found}


def _has_origin(file: Path, origin: pl.Expr) -> bool:
    return bool(pl.read_parquet(file, columns=["origin"], glob=False).select(origin.any()).item())


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Return what `_against_native` needs of English rows; ``is_made``: a build translated the row."""
    quality = pl.col("quality").struct
    return rows.select(
        *("id", "split", "source", "answer"),
        reasons=quality.field("reasons").fill_null([]),
        withheld=is_withheld(),
        is_made=pl.col("provenance").struct.field("memory").is_not_null(),
    )


def _without_english(rows: pl.DataFrame, english: pl.DataFrame) -> pl.DataFrame:
    """Return the translated rows without an English one: each, or counted by source where English has none of it."""
    lone = rows.filter(pl.col("origin") != "original").join(english.select("id"), on="id", how="anti")
    whole = pl.col("source").is_in(english["source"].unique().implode())
    each = lone.filter(whole).select(
        "split", "id", detail=pl.lit("no English row to be measured against"), check=pl.lit(NO_ENGLISH)
    )
    counted = lone.filter(~whole).group_by("source", "split").agg(pl.len().alias("rows")).sort("source", "split")
    of_sources = counted.select(
        "split",
        id="source",
        detail=pl.format("{} translated rows have no English row to be measured against", "rows"),
        check=pl.lit(SOURCE_NO_ENGLISH),
    )
    return pl.concat([each, of_sources]).with_columns(suite=pl.lit(SUITE))
