"""Markup: tags, placeholders and addresses have to come through a translation as they were."""

import polars as pl

from validation.signals.signal import SOURCE, TARGET, TextSignal

MARKUP = r"</?[A-Za-z][^<>]{0,80}>|\{\{?[^{}]{0,40}\}?\}|%\(?[A-Za-z_]*\)?[sd]\b|__+|\[[A-Z][A-Z0-9_]*\]|https?://[^\s，。、）]+"


def markup(source: pl.Expr, target: pl.Expr) -> pl.Expr:
    """The share of the source's markup that the translation has too; null where there is none."""
    wanted, given = source.str.extract_all(MARKUP), target.str.extract_all(MARKUP)
    kept = wanted.list.unique().list.set_intersection(given.list.unique()).list.len()
    return pl.when(wanted.list.len() > 0).then(kept / wanted.list.n_unique())


SIGNAL = TextSignal(
    "markup",
    measure=lambda texts: markup(SOURCE, TARGET),
    fault=lambda share, texts: share < 1,
)
