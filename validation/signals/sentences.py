"""Sentences of a text, counted and split by how they end and the next one begins."""

import polars as pl

CLOSERS = r"[\"'“”‘’»)\]」』）】]*"
#: Text with a full stop that does not end a sentence: initials, titles, ordinals, the letters of "p.m." and of "U.S.".
GOES_ON = (
    r"\b(\p{Lu}|[ap]\.?m|e\.g|i\.e|\d+|Mr|Mrs|Ms|Dr|Dra|Sr|Sra|Jr|St|Mt|Prof|Gen|Gov|Sen|Rep|Col|Lt|Sgt|vs|No|Nr|Art|Fig"
    r"|approx|etc|al|ca|bzw)\."
)
#: An end behind which another sentence begins: a capital, or a letter of a script that has none; behind a quotation
#: in Japanese a particle goes on. A pair of groups each: the end, and the beginning.
BETWEEN = (
    rf"([.!?…]{CLOSERS})\s+([\"'“‘«(\[¿¡]*[\p{{Lu}}\p{{Lo}}])"
    r"|([。！？｡])\s*([\p{L}\p{N}「『“（(])|([。！？｡][」』”’）】]+)\s*([\p{L}\p{N}「『“（(--とがのをにはも])"
)
#: Private-use characters that stand for a full stop within a sentence, and for the place between two sentences.
STOP, BREAK = "\ue000", "\ue001"


def sentences(text: pl.Expr) -> pl.Expr:
    """Count the sentences of a text; one that does not end counts too."""
    return text.str.replace_all(GOES_ON, " ").str.count_matches(BETWEEN).cast(pl.Int64) + 1


def split_sentences(text: pl.Expr) -> pl.Expr:
    """Return the sentences of a text, a list; a line break ends one too."""
    whole = text.str.replace_all(GOES_ON, f"${{1}}{STOP}")
    apart = whole.str.replace_all(BETWEEN, f"${{1}}${{3}}${{5}}{BREAK}${{2}}${{4}}${{6}}")
    return apart.str.replace_all(r"\s*\n\s*", BREAK).str.replace_all(STOP, ".").str.split(BREAK)
