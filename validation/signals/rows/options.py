"""Options: as many as in the source, with the same labels and texts in the same order, and no two that became one."""

import polars as pl

from globmed.languages import Language
from validation.signals.rows.order import FAULT_ABOVE, order_gain


def options(source: pl.Series, target: pl.Series, language: Language) -> pl.DataFrame:
    """Compare lists of ``{label, text}`` with their translations into a language, a row an item.

    The reasons: ``options_count``, ``options_labels`` (others, or in another order), ``options_merged`` (two
    that differ in the source are the same in the translation), ``options_empty`` (a text got lost), ``options_order``
    (the texts of two were swapped).
    """
    frame = pl.DataFrame({"source": source, "target": target, "gain": order_gain(source, target, language)})
    checks = {
        "options_count": pl.col("source").list.len() != pl.col("target").list.len(),
        "options_labels": _labels("source") != _labels("target"),
        "options_merged": _distinct("target") < _distinct("source"),
        "options_empty": _empty("target") > _empty("source"),
        "options_order": pl.col("gain") > FAULT_ABOVE,
    }
    reasons = pl.concat_list(
        pl.when(check.fill_null(False)).then(pl.lit(reason)) for reason, check in checks.items()
    ).list.drop_nulls()
    return frame.select(reasons.list.len().gt(0).alias("critical"), reasons.alias("reasons"))


def _labels(column: str) -> pl.Expr:
    return pl.col(column).list.eval(pl.element().struct.field("label")).list.join("\n")


def _texts(column: str) -> pl.Expr:
    text = pl.element().struct.field("text").str.to_lowercase().str.replace_all(r"[\s.。]+", " ").str.strip_chars()
    return pl.col(column).list.eval(text)


def _distinct(column: str) -> pl.Expr:
    return _texts(column).list.n_unique()


def _empty(column: str) -> pl.Expr:
    return _texts(column).list.count_matches("")
