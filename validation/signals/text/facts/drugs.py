"""Drugs: generic names in any spelling of their sounds, so that hidroxicina is hydroxyzine and not hydralazine."""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from globmed.languages import Language
from validation.signals.numbers.lexicon import has_lexicon, lexicon
from validation.signals.numbers.tokens import any_of
from validation.signals.text.facts.kinds import split

#: National spellings of a sound, and the one in which names are compared; the last vowels do not count.
SOUNDS = (
    *(("ph", "f"), ("th", "t"), ("rh", "r"), ("qu", "k"), ("ch", "k"), ("ck", "k"), ("cc([eiy])", "ks${1}")),
    *(("kw", "k"), ("m([bp])", "n${1}")),
    *(("c([eiy])", "s${1}"), ("ae|oe", "e"), ("c", "k"), ("x", "ks"), ("z", "s"), ("y", "i"), ("w", "v"), ("h", "")),
    *((letter * 2, letter) for letter in "abdefgiklmnoprstu"),
    ("[aeiou]+$", ""),
)
WORD = r"\p{L}{4,}"
#: German suffixes of drug names.
FORMS = (
    r"(?:infusion|injektion|tablette|therapie|behandlung|spiegel|dosis|dosen|gabe|l[oö]sung|spray|kapsel|tropfen)"
    r"\p{L}*$"
)


def drugs(texts: pl.DataFrame, side: str, language: Language) -> pl.DataFrame:
    """Return ``row, fact`` of every mention of a drug in the folded texts of one side.

    Args:
        texts: ``row`` and the side's texts.
        side: the name of their column.
        language: for a language without listed words, nothing is found.
    """
    if not has_lexicon(language):
        return texts.clear().select("row", fact=pl.lit("", pl.String))
    if lexicon(language).boundaries != "word":
        names = _names(language.name)
        found = texts.select("row", name=pl.col(side).str.extract_all(any_of(names["name"])))
        return found.explode("name").join(names, on="name").select("row", "fact")
    words = texts.select("row", word=pl.col(side).str.extract_all(WORD)).explode("word").drop_nulls()
    distinct = words.select(pl.col("word").unique()).with_columns(name=_spelled(pl.col("word").str.to_lowercase()))
    return words.join(distinct.join(_stems(), on="name"), on="word").select("row", "fact")


def known(language: Language) -> set[str]:
    """Return the drugs that have a name in a language."""
    spaced = has_lexicon(language) and lexicon(language).boundaries == "word"
    return set((_stems() if spaced else _names(language.name))["fact"])


@cache
def _stems() -> pl.DataFrame:
    """Return ``name, fact``: every name in Latin letters as `SOUNDS` spell it, and the drug."""
    table = _table()
    latin = {drug: [drug, *split(table["latin"].get(drug, drug))] for drug in split(table["generic"]["names"])}
    rows = [(name, drug) for drug, names in latin.items() for name in names]
    return pl.DataFrame(rows, schema=["name", "fact"], orient="row").with_columns(_spelled(pl.col("name"))).unique()


@cache
def _names(language: str) -> pl.DataFrame:
    """Return ``name, fact`` of a language in another script."""
    rows = [(name, drug) for drug, listed in _table().get(language, {}).items() for name in split(listed)]
    return pl.DataFrame(rows, schema={"name": pl.String, "fact": pl.String}, orient="row")


def _spelled(word: pl.Expr) -> pl.Expr:
    word = word.str.replace(FORMS, "")
    for sound, letter in SOUNDS:
        word = word.str.replace_all(sound, letter)
    return word


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("validation.signals.text.facts").joinpath("drugs.toml").read_text("utf-8"))
