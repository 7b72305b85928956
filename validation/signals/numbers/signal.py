"""The signal against changed doses: numbers, units and comparisons of a source and its translation.

The reasons:

- ``number_changed``: a number of the source is not in the translation, and another one is there
- ``number_missing``, ``number_added``: only the one, or only the other
- ``unit_changed``: the number is there with another unit, or a unit of measure was lost
- ``comparison_changed``: below became above, or a sign (<, ≥, minus) was lost or added
- ``order_changed``: the numbers are there in another order: the morning dose in the evening
- ``converted``: given in another unit, correctly converted; not critical by itself

A column is compared by the pieces around its numbers. A text that is at fault is compared again span by span
(`validation.signals.spans`), with all that stands around its numbers, and is sound if every span is. So is a text of
several numbers in a language of another order, since only what stands around them tells whether they changed places.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter

import polars as pl

from globmed.languages import Language
from validation.signals.fold import fold, fold_text
from validation.signals.numbers.digits import compare_digits
from validation.signals.numbers.lexicon import Lexicon, has_lexicon, lexicon
from validation.signals.numbers.matching import AGREE, Comparison, compare
from validation.signals.numbers.order.placed import by_roles
from validation.signals.numbers.quantities import CONTEXT, Quantity, is_whole, parse
from validation.signals.numbers.windows import windows
from validation.signals.spans import spans

Reader = Callable[[pl.Series, pl.Series, Language], Iterator[Sequence[Quantity]]]
DIGITS = r"[0-9]+(?:[.,][0-9]+)*"
SCHEMA: dict[str, pl.DataType] = {
    "agreement": pl.Float64(),
    "missing": pl.List(pl.String()),
    "added": pl.List(pl.String()),
    "critical": pl.Boolean(),
    "reasons": pl.List(pl.String()),
}


def numbers(source: pl.Series, target: pl.Series, source_language: Language, target_language: Language) -> pl.DataFrame:
    """Compare the numbers of every source with those of its translation, a row a pair.

    If one of the languages has no lexicon, only digits are compared: `validation.signals.numbers.digits`.

    Args:
        source: texts; a null has no numbers.
        target: their translations.
        source_language: what the sources are written in.
        target_language: what the translations are written in.

    Returns:
        ``agreement`` from 0 to 1 (all agree), ``missing`` and ``added`` as written, ``critical`` and its
        ``reasons``, one row a pair.
    """
    if not (has_lexicon(source_language) and has_lexicon(target_language)):
        pairs = zip(source.fill_null(""), target.fill_null(""), strict=True)
        return _frame(compare_digits(a, b, source_language, target_language) for a, b in pairs)
    texts = pl.DataFrame({"source": source.fill_null(""), "target": target.fill_null("")}).with_row_index("row")
    found = dict(
        _by_span(_spanned(texts, source_language, target_language), _quantities, source_language, target_language)
    )
    faulty = texts.filter(pl.Series([found[row].critical for row in texts["row"]], dtype=pl.Boolean))
    for row, comparison in _by_span(
        spans(faulty, target_language).with_columns(several=True), _wholly, source_language, target_language
    ):
        if not comparison.critical:
            found[row] = comparison
    return _frame(found.values())


def agrees(source: str, target: str, source_language: Language, target_language: Language) -> bool:
    """Return whether a translation keeps every number, unit and comparison of its source."""
    if not (has_lexicon(source_language) and has_lexicon(target_language)):
        return not compare_digits(source, target, source_language, target_language).reasons
    wanted = _of_text(source, source_language)
    given = _of_text(target, target_language)
    return not compare(wanted, given, source_language, target_language).reasons


def _frame(found: Iterable[Comparison]) -> pl.DataFrame:
    """Return the comparisons as a frame of `SCHEMA`; equal ones, as most are, are built once."""
    distinct = {AGREE: 0}
    places = [distinct.setdefault(comparison, len(distinct)) for comparison in found]
    columns = {
        "agreement": [f.agreement for f in distinct],
        "missing": [f.missing for f in distinct],
        "added": [f.added for f in distinct],
        "critical": [f.critical for f in distinct],
        "reasons": [f.reasons for f in distinct],
    }
    return pl.DataFrame(columns, schema=SCHEMA)[places]


def _spanned(texts: pl.DataFrame, source_language: Language, target_language: Language) -> pl.DataFrame:
    """Return ``row, source, target, several``: the spans of texts of several numbers, and other texts as they are.

    Where clauses have another order, only what stands around two numbers tells whether they changed places, and that
    of a sentence more clearly than that of a text.
    """
    if not by_roles(lexicon(source_language), lexicon(target_language)):
        return texts.with_columns(several=False)
    marked = texts.with_columns(several=pl.col("target").str.count_matches(DIGITS) > 1)
    split = spans(marked.filter("several"), target_language).select(texts.columns).cast(texts.schema)
    whole = marked.filter(~pl.col("several"))
    return pl.concat([whole, split.with_columns(several=True)]).sort("row", maintain_order=True)


def _by_span(
    spanned: pl.DataFrame, read: Reader, source_language: Language, target_language: Language
) -> Iterator[tuple[int, Comparison]]:
    """Yield each text's row and the worst comparison of its spans.

    Args:
        spanned: ``row, source, target, several``, sorted by row.
        read: reads the quantities of texts in a language.
        source_language: what the sources are written in.
        target_language: what the translations are written in.
    """
    wanted, given = (
        read(spanned[side], spanned["several"], each)
        for side, each in (("source", source_language), ("target", target_language))
    )
    sides = zip(wanted, given, strict=True)
    compared = (compare(a, b, source_language, target_language) if a or b else AGREE for a, b in sides)
    for row, of_row in groupby(zip(spanned["row"], compared, strict=True), key=itemgetter(0)):
        yield row, max((comparison for _, comparison in of_row), key=_badness)


def _badness(comparison: Comparison) -> tuple[bool, bool]:
    return comparison.critical, bool(comparison.reasons)


def _wholly(texts: pl.Series, several: pl.Series, language: Language) -> Iterator[tuple[Quantity, ...]]:
    """Yield the quantities of every text, parsed in one piece, so that each knows what stands around it."""
    folded = texts.alias("text").to_frame().select(fold(" " + pl.col("text"))).to_series()
    return (parse(text, language) for text in folded)


def _quantities(texts: pl.Series, several: pl.Series, language: Language) -> Iterator[Sequence[Quantity]]:
    """Yield the quantities of every text; each distinct piece of text is parsed once."""
    folded = texts.alias("text").to_frame().select(fold(" " + pl.col("text"))).to_series()
    pieces = windows(folded, language)
    known = {piece: parse(piece, language) for piece in pieces.explode().unique() if piece is not None}
    lex = lexicon(language)
    for text, row, apart in zip(folded, pieces.to_list(), several, strict=True):
        if row and apart:
            yield tuple(_in_context(text, row, known, lex))
        else:
            yield tuple(chain.from_iterable(known[piece] for piece in row)) if row else ()


def _in_context(
    text: str, pieces: list[str], known: Mapping[str, Sequence[Quantity]], lex: Lexicon
) -> Iterator[Quantity]:
    """Yield the quantities of a text's pieces, each with what stands around it in the text."""
    end = 0
    for piece in pieces:
        start = text.index(piece, end)
        while lex.boundaries == "word" and piece[0].isalpha() and text[start - 1 : start].isalpha():
            start = text.index(piece, start + 1)
        end = start + len(piece)
        for q in known[piece]:
            if q.head or q.tail or (q.text == piece.strip() and not (q.month or q.clock)):
                head, tail = (text[:start] + q.head)[-CONTEXT:], (q.tail + text[end:])[:CONTEXT]
                yield replace(q, head=head, tail=tail, whole=q.whole or is_whole(head, tail, lex))
            else:
                yield q


@lru_cache(maxsize=4096)
def _of_text(text: str, language: Language) -> tuple[Quantity, ...]:
    return parse(fold_text(f" {text}"), language)
