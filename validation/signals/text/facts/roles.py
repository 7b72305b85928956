"""Roles of numbers: what each counts or dates, so that two numbers which changed places are seen in whatever order.

A role went to another number if the translation tells it of one that does not have it in the source, and the number
that has it there stands elsewhere in the translation. Since a writer may leave a role unsaid, one of the two must have
another role besides (9 deaths in 1996, 1996 deaths in the year 9), or be the only one that lost or won. Numbers of one
role keep their order, and so do those of a range, a list or a ratio: 2 to 4 hours is not 4 to 2.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from globmed.languages import ENGLISH, Language
from validation.signals.numbers.lexicon import has_lexicon, lexicon
from validation.signals.numbers.order.placed import BETWEEN

DIGITS = r"[0-9]+(?:\.[0-9]+)?"
#: Numbers that are part of a name: COVID-19, IL-6.
NAME = r"[A-Za-z]+-[0-9]+"
#: What English tells in words, and other languages often in digits, from two on.
WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
#: The role that may look like another one: 52-year-old, 52 years.
AGE = "age"
SAID = pl.Schema({"row": pl.UInt32(), "role": pl.String(), "value": pl.String()})
PLACE = ["row", "role"]
PAIR = ["row", "first", "second"]


def roles(language: Language) -> Mapping[str, str]:
    """Return the pattern of each role in a language; none where they are not listed."""
    return lexicon(language).roles if has_lexicon(language) else MappingProxyType({})


def changed_roles(folded: pl.DataFrame, source_language: Language, target_language: Language) -> pl.DataFrame:
    """Return ``row, said, contradicted``: how many numbers have a role, and 1 if two changed places, else 0.

    Args:
        folded: ``row, source, target``.
        source_language: what the sources are written in; nothing is found where roles are not listed.
        target_language: what the translations are written in.
    """
    listed = roles(source_language) and roles(target_language)
    texts = folded.filter(pl.lit(bool(listed)), pl.col("target").str.count_matches(DIGITS) > 1)
    if source_language.name == ENGLISH:
        texts = texts.with_columns(_in_digits(pl.col("source")))
    here, there = _said(texts, "source", source_language), _said(texts, "target", target_language)
    wrong = pl.concat([_moved(texts, here, there), _out_of_order(here, there), _turned_round(texts)]).unique()
    said = here.group_by("row").agg(said=pl.len().cast(pl.Int64))
    counted = said.join(wrong.with_columns(contradicted=pl.lit(1, pl.Int64)), on="row", how="full", coalesce=True)
    return counted.with_columns(pl.col("said").fill_null(1), pl.col("contradicted").fill_null(0))


def _in_digits(text: pl.Expr) -> pl.Expr:
    for value, word in enumerate(WORDS, start=2):
        text = text.str.replace_all(rf"(?i)\b{word}\b", str(value))
    return text


def _said(texts: pl.DataFrame, side: str, language: Language) -> pl.DataFrame:
    """Return `SAID` of every number with a role, those of a role in the order of the text."""
    found = [SAID.to_frame()]
    named = pl.col(side).str.replace_all(NAME, " ")
    for role, pattern in roles(language).items():
        text = named if role == AGE else named.str.replace_all(roles(language)[AGE], " ")
        phrases = texts.select("row", phrase=text.str.extract_all(pattern)).explode("phrase").drop_nulls()
        found.append(phrases.select("row", role=pl.lit(role), value=_value(pl.col("phrase"), language)))
    return pl.concat(found).drop_nulls()


def _value(phrase: pl.Expr, language: Language) -> pl.Expr:
    """Return the first number of a phrase, or that of the month that it names."""
    months = lexicon(language).months
    named = phrase.replace_strict(list(months), [str(n) for n in months.values()], default=None, return_dtype=pl.String)
    return pl.coalesce(_plain(phrase).str.extract(f"({DIGITS})"), named)


def _plain(text: pl.Expr) -> pl.Expr:
    """Return the text without the marks that group thousands."""
    return text.str.replace_all("([0-9]),([0-9]{3})", "${1}${2}")


def _moved(texts: pl.DataFrame, here: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` of the texts in which a role went from one number to another that stands in the source too."""
    lost = here.join(there.select(PLACE).unique(), on=PLACE, how="semi").join(there, on=SAID.names(), how="anti")
    won = there.join(here.select(PLACE).unique(), on=PLACE, how="semi").join(here, on=SAID.names(), how="anti")
    both = lost.join(_numbers(texts, "target"), on=["row", "value"], how="semi").join(
        won.join(_numbers(texts, "source"), on=["row", "value"], how="semi"), on=PLACE, suffix="_won"
    )
    elsewhere = [
        both.join(side.rename({"role": "other"}), left_on=["row", name], right_on=["row", "value"])
        .filter(pl.col("role") != pl.col("other"))
        .select("row")
        for side, name in ((there, "value"), (here, "value_won"))
    ]
    return pl.concat([*elsewhere, _one_for_one(texts, here, there, both)])


def _numbers(texts: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return ``row, value`` of every number in digits."""
    every = texts.select("row", value=_plain(pl.col(side)).str.extract_all(DIGITS))
    return every.explode("value").drop_nulls().unique()


def _one_for_one(texts: pl.DataFrame, here: pl.DataFrame, there: pl.DataFrame, both: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` of ``both`` where the role is told as often on either side, and one number alone lost it.

    In a list the role is often told of its last number: aged 33, 34 and 39.
    """
    told, listed = (
        side.group_by(PLACE).agg(pl.col("value").n_unique().alias(name)) for side, name in ((here, "n"), (there, "m"))
    )
    alone = both.filter(pl.len().over(PLACE) == 1).join(told, on=PLACE).join(listed, on=PLACE)
    moved = alone.filter(pl.col("n") == pl.col("m"))
    lists = pl.concat([_lists(texts, "source"), _lists(texts, "target")]).with_row_index("list").explode("first")
    numbers = lists.rename({"first": "value"})
    together = numbers.join(numbers, on=["row", "list"], suffix="_won")
    return moved.join(together, on=["row", "value", "value_won"], how="anti").select("row")


def _out_of_order(here: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` of the texts in which the numbers of a role, each told once on either side, changed places."""
    sides = [
        side.group_by(PLACE, maintain_order=True).agg(pl.col("value").alias(name))
        for side, name in ((here, "source"), (there, "target"))
    ]
    once = pl.col("source").list.n_unique() == pl.col("source").list.len()
    same = pl.col("source").list.sort() == pl.col("target").list.sort()
    both = sides[0].join(sides[1], on=PLACE)
    return both.filter(once, same, pl.col("source") != pl.col("target")).select("row")


def _turned_round(texts: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` of the texts with a pair of numbers that is the other way round."""
    here, there = _pairs(texts, "source"), _pairs(texts, "target")
    lost, won = here.join(there, on=PAIR, how="anti"), there.join(here, on=PAIR, how="anti")
    return lost.join(won, left_on=PAIR, right_on=["row", "second", "first"], how="semi").select("row")


def _pairs(texts: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return ``row, first, second`` of every two neighbours in a list."""
    neighbours = _lists(texts, side).with_columns(second=pl.col("first").list.shift(-1))
    return neighbours.explode("first", "second").drop_nulls().filter(pl.col("first") != pl.col("second"))


def _lists(texts: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return ``row, first`` (numbers) of every range, list or ratio."""
    pieces = texts.select("row", piece=_plain(pl.col(side)).str.extract_all(f"{DIGITS}(?:{BETWEEN}{DIGITS})+"))
    return pieces.explode("piece").drop_nulls().select("row", first=pl.col("piece").str.extract_all(DIGITS))
