"""Spans: the sentences of a text and of its translation that belong together.

Facts that are compared over a long text meet by chance: one of its second sentence that the translator said in
unlisted words, and another one that the seventh sentence says in unlisted words of the source. Compared sentence by
sentence they do not meet. Sentences are aligned by their lengths as in Gale and Church (1993),
https://aclanthology.org/J93-1004, but without omissions and additions: a text that has some is one span, and so is
one whose best alignment has a sentence of an unusual length.
"""

from itertools import pairwise
from math import inf, log, sqrt

import polars as pl

from globmed.languages import Language
from validation.signals.sentences import split_sentences
from validation.signals.sizes import SHORT_VARY, characters, usual, written

#: How likely so many sentences become so many. The paper has none of three, which unsplit abbreviations need.
PRIORS = {(1, 1): 0.89, (1, 2): 0.0445, (2, 1): 0.0445, (2, 2): 0.011, (1, 3): 0.002, (3, 1): 0.002}
STEPS = tuple((*step, -log(prior)) for step, prior in PRIORS.items())
#: The largest deviation of a length within a span, in units of the language's spread.
UNUSUAL = 3.5
#: A text of more sentences is one span, since the time of an alignment grows with the square of their number.
MOST = 64
SIDES = ("source", "target")
#: What a text of several sentences has; it is looked for first, since splitting takes several times as long.
INNER_END = r"[.!?…。！？｡\n]\P{L}*[\p{L}\p{N}]"


def spans(texts: pl.DataFrame, target_language: Language) -> pl.DataFrame:
    """Return the spans of every pair of texts in their order: ``row, source, target``, a row a span.

    Args:
        texts: ``row, source, target``.
        target_language: what the translations are written in; nothing is aligned if its usual lengths are not known.
    """
    known = usual(target_language)
    if known is None:
        return texts.select("row", *SIDES)
    likely = texts.filter(pl.col(side).str.contains(INNER_END) for side in SIDES)
    split = likely.select("row", *(split_sentences(pl.col(side)).alias(side) for side in SIDES))
    several = split.filter(pl.col(side).list.len().is_between(2, MOST) for side in SIDES)
    lengths = {"source": characters(pl.element()), "target": written(pl.element(), target_language)}
    measured = several.with_columns(
        pl.col(side).list.eval(length.cast(pl.Float64)).alias(f"{side}_length") for side, length in lengths.items()
    )
    found = []
    for row, source, target, here, there in measured.iter_rows():
        ends = align(here, there, known["mean"], known["spread"])
        found += [(row, " ".join(source[i:k]), " ".join(target[j:m])) for (i, j), (k, m) in pairwise(ends)]
    aligned = pl.DataFrame(found, schema=texts.select("row", *SIDES).schema, orient="row")
    whole = texts.join(several, on="row", how="anti").select("row", *SIDES)
    return pl.concat([whole, aligned]).sort("row", maintain_order=True)


def align(here: list[float], there: list[float], mean: float, spread: float) -> list[tuple[int, int]]:
    """Return the ends of the spans, from (0, 0) to the number of sentences on either side.

    Args:
        here: the lengths of the source's sentences.
        there: those of the translation's.
        mean: usual logarithm of a translation's length over its source's.
        spread: its standard deviation for long texts.
    """
    best = {(0, 0): (0.0, (0, 0))}
    for i in range(1, len(here) + 1):
        for j in range(1, len(there) + 1):
            ways = []
            for m, n, cost in STEPS:
                before = best.get((i - m, j - n))
                if before is not None:
                    deviation = _deviation(sum(here[i - m : i]), sum(there[j - n : j]), mean, spread)
                    if abs(deviation) <= UNUSUAL:
                        ways.append((before[0] + cost + deviation**2 / 2, (i - m, j - n)))
            if ways:
                best[i, j] = min(ways)
    place = len(here), len(there)
    if place not in best:
        return [(0, 0), place]
    ends = [place]
    while place != (0, 0):
        place = best[place][1]
        ends.append(place)
    return ends[::-1]


def _deviation(here: float, there: float, mean: float, spread: float) -> float:
    """Return how far a length is from the usual one, in units of the spread of texts so long."""
    if not (here and there):
        return inf
    return (log(there / here) - mean) / (spread * sqrt(1 + SHORT_VARY / here))
