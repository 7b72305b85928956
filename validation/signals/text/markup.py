"""Markup: tags, placeholders and addresses have to come through a translation as they were."""

import polars as pl

from validation.signals.signal import SOURCE, TARGET, TextSignal

#: Of printf, Python, Objective-C. Letters that often follow a percentage (`5%i.v.`) only count with a name or place.
_PLACEHOLDER = (
    r"%(?:\([A-Za-z_]\w*\)|\d+\$)[-+#0]*\d*(?:\.\d+)?l{0,2}[sdiufgxXeEc]\b"
    r"|%(?:\.\d+f|\d*l{0,2}[sd])\b"
    r"|%(?:\d+\$)?@"
)
MARKUP = "|".join(
    (
        r"</?[A-Za-z][^<>]{0,80}>",
        r"\{\{?[^{}]{0,40}\}?\}",
        _PLACEHOLDER,
        r"__+",
        r"\[[A-Z][A-Z0-9_]*\]",
        r"https?://[^\s，。、）]+",
    )
)


def markup(source: pl.Expr, target: pl.Expr) -> pl.Expr:
    """Return the share of the source's markup that the translation has too; null where there is none."""
    wanted, given = source.str.extract_all(MARKUP), target.str.extract_all(MARKUP)
    kept = wanted.list.unique().list.set_intersection(given.list.unique()).list.len()
    return pl.when(wanted.list.len() > 0).then(kept / wanted.list.n_unique())


SIGNAL = TextSignal(
    "markup",
    measure=lambda texts: markup(SOURCE, TARGET),
    fault=lambda share, texts: share < 1,
)
