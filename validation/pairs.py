"""Anyone's sentence pairs: read them, and score them with every signal that judges a pair by itself."""

from pathlib import Path

import polars as pl

from globmed.errors import UserError
from globmed.languages import Language
from validation.signals import copying, length, markup, negation, repetition, script, truncation
from validation.signals import language as identity
from validation.signals.flags import text_flags
from validation.signals.numbers import numbers

HEADER = "source\ttarget"


def read_pairs(path: Path) -> pl.DataFrame:
    """``source, target`` of a TSV file: a header, then one pair a line, no quoting.

    Raises:
        UserError: unreadable, another header, or a line that has not exactly one tab.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        raise UserError(f"{path}: cannot be read as UTF-8 ({error})") from error
    if not lines or lines[0] != HEADER:
        found = lines[0][:60] if lines else ""
        raise UserError(f"{path}, line 1: {found!r}, expected the header source<TAB>target")
    texts = pl.Series("line", lines[1:], dtype=pl.String)
    tabs = texts.str.count_matches("\t", literal=True)
    wrong = (tabs != 1).arg_true()
    if len(wrong):
        raise UserError(f"{path}, line {wrong[0] + 2}: {tabs[int(wrong[0])]} tabs, expected source<TAB>target")
    return texts.str.split_exact("\t", 1).struct.rename_fields(["source", "target"]).struct.unnest()


def score_pairs(pairs: pl.DataFrame, source: Language, target: Language) -> pl.DataFrame:
    """The pairs in their order with a column a signal, ``reasons`` (codes) and ``critical``.

    A signal is null where it cannot judge; see ``validation/README.md`` for what each means. Critical is what may have
    changed a dose or is in another script; the other reasons rank for review.
    """
    a, b = pairs["source"], pairs["target"]
    quantities = numbers(a, b, source, target)
    flagged = text_flags(a, b, source, target)
    texts = [pl.when(pl.col(flag)).then(pl.lit(flag)) for flag in flagged.columns]
    reasons = flagged.select(found=pl.concat_list(texts).list.drop_nulls())["found"]
    return pairs.with_columns(
        quantities["agreement"].alias("numbers"),
        negation.negation(pl.col("source"), pl.col("target"), source, target).alias("negation"),
        script.script(pl.col("target"), target).alias("script"),
        identity.language(b, target).alias("language"),
        length.length_ratio(pl.col("source"), pl.col("target"), target).alias("length_ratio"),
        copying.copied(pl.col("source"), pl.col("target")).alias("copy"),
        repetition.repetition(a, b).alias("repetition"),
        truncation.truncated(pl.col("source"), pl.col("target"), target).cast(pl.Float64).alias("truncation"),
        markup.markup(pl.col("source"), pl.col("target")).alias("markup"),
        quantities["reasons"].list.concat(reasons).alias("reasons"),
        (quantities["critical"] | flagged["script"]).alias("critical"),
    )
