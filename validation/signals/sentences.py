"""Sentences of a text, counted by how they end and the next one begins."""

import polars as pl

CLOSERS = r"[\"'“”‘’»)\]」』）】]*"
#: Text with a full stop that does not end a sentence: initials, titles, ordinals, the letters of "p.m." and of "U.S.".
GOES_ON = (
    r"\b(?:\p{Lu}|[ap]\.?m|e\.g|i\.e|\d+|Mr|Mrs|Ms|Dr|Dra|Sr|Sra|Jr|St|Mt|Prof|Gen|Gov|Sen|Rep|Col|Lt|Sgt|vs|No|Nr|Art|Fig"
    r"|approx|etc|al|ca|bzw)\."
)
#: An end behind which another sentence begins: a capital, or a letter of a script that has none; behind a quotation
#: in Japanese a particle goes on.
BETWEEN = (
    rf"[.!?…]{CLOSERS}\s+[\"'“‘«(\[¿¡]*[\p{{Lu}}\p{{Lo}}]"
    r"|[。！？｡]\s*[\p{L}\p{N}「『“（(]|[。！？｡][」』”’）】]+\s*[\p{L}\p{N}「『“（(--とがのをにはも]"
)


def sentences(text: pl.Expr) -> pl.Expr:
    """Count the sentences of a text; one that does not end counts too."""
    return text.str.replace_all(GOES_ON, " ").str.count_matches(BETWEEN).cast(pl.Int64) + 1
