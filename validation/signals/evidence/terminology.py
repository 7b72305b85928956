"""Terminology: whether the terms of a source have the translations that a glossary agreed on.

Terms are looked for in all sources at once, the longest first. Letter case and accents are ignored (Yoruba is
written with and without them), and so is inflection, as far as it can be recognized without a dictionary. A good
translator may well use another word: the signal ranks, it never certifies.
"""

import polars as pl

from globmed.languages import ENGLISH, Language
from validation.signals.fold import fold

WORD = r"[\p{L}\p{M}\p{N}]+"
#: Scripts in which a term is any run of characters.
UNSPACED = {"Hans", "Jpan", "Kore"}
#: Languages that build words by prefixes, with the commonest; there a word is found by its stem, at any place.
PREFIXES = {
    "sw": "ku|wa|mw|mi|ma|ki|vi|hu|u|m|i|a",
    "zu": "izin|izim|isi|izi|ama|aba|uku|ubu|ulu|umu|imi|um|in|im|i|u|a|e|o",
    "wo": "",
    "yo": "",
}
#: Minimum length of a stem; shorter words occur in every text by chance.
STEM = 4
#: English plurals and singulars of the last word of a term; non-words occur in no text.
NUMBERS = (
    (r"$", "s"),
    (r"([sxzo]|[cs]h)$", "${1}es"),
    (r"([^aeiou])y$", "${1}ies"),
    (r"sis$", "ses"),
    (r"([^sui])s$", "${1}"),
    (r"([sxz]|[cs]h)es$", "${1}"),
    (r"ies$", "y"),
)
#: In short words of capitals the capitals count: WHO is not "who".
CAPITALS = r"^[A-Z]{2,5}$"
#: Below this, with so many terms or more, hardly any of a text's terms is there: of human translations that met a
#: glossary of somebody else's 0.3 to 9 % are, of sentences that were swapped 85 to 92 %. One missing term, or half of
#: two, is no sign: translators have synonyms (up to 25 and 20 % of good pairs).
FAULT_BELOW = 0.25
TERMS = 2


def terminology(
    source: pl.Series, target: pl.Series, glossary: pl.DataFrame, source_language: Language, target_language: Language
) -> pl.DataFrame:
    """Return ``terminology``, the share of a source's terms translated as agreed (null for no term), and ``terms``.

    ``glossary`` has the columns ``source, target``, a row for each agreed translation.
    """
    usable = pl.all_horizontal(fold(pl.col("source", "target")).str.contains(WORD))
    entries = glossary.filter(usable).with_columns(
        term=_spoken(pl.col("source"), source_language).str.to_lowercase(),
        written=_spoken(pl.col("source"), source_language),
        strict=pl.col("source").str.contains(CAPITALS),
    )
    texts = pl.DataFrame({"source": source, "target": target}).with_row_index("row").fill_null("")
    found = _found(texts, entries, source_language)
    said = texts.select("row", said=_said(pl.col("target"), target_language))
    asked = found.join(_stems(entries, target_language), on="term").join(said, on="row")
    there = asked.with_columns(there=pl.col("said").str.contains(pl.col("stem"), literal=True))
    by_translation = there.group_by("row", "term", "target").agg(pl.col("there").all())
    by_term = by_translation.group_by("row", "term").agg(pl.col("there").any())
    by_row = by_term.group_by("row").agg(terminology=pl.col("there").mean(), terms=pl.len())
    rows = texts.select("row").join(by_row, on="row", how="left", maintain_order="left")
    return rows.select("terminology", pl.col("terms").fill_null(0))


def terminology_fault(scored: pl.DataFrame) -> pl.Series:
    """Return whether so few of several terms were translated as agreed that the pair needs review."""
    low = (pl.col("terminology") < FAULT_BELOW) & (pl.col("terms") >= TERMS)
    return scored.select(terminology=low.fill_null(False)).to_series()


def _found(texts: pl.DataFrame, entries: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Return ``row, term``: the distinct terms of every source."""
    forms = _forms(entries, language)
    read = texts.select("row", kept=_spoken(pl.col("source"), language))
    # Of the patterns that match at one place the first wins, and that is the longest.
    hits = pl.col("kept").str.to_lowercase().str.extract_many(forms["form"].implode(), leftmost=True)
    met = read.with_columns(form=hits.list.unique()).explode("form").drop_nulls("form").join(forms, on="form")
    as_written = ~pl.col("strict") | pl.col("kept").str.contains(pl.col("written").str.strip_suffix(" "), literal=True)
    return met.filter(as_written).select("row", "term").unique()


def _forms(entries: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Return ``form, term, written, strict``: the forms a term takes in a text, the longest first."""
    one = entries.group_by("term", maintain_order=True).agg(pl.col("written").first(), pl.col("strict").all())
    forms = [one.with_columns(form=pl.col("term"))]
    if language.name == ENGLISH:
        bare = pl.col("term").str.strip_suffix(" ")
        for pattern, ending in NUMBERS:
            allowed = one.filter(~pl.col("strict")) if pattern != "$" else one
            forms.append(allowed.with_columns(form=bare.str.replace(pattern, ending) + " "))
    # A term in its own right goes before the plural of another.
    distinct = pl.concat(forms).unique("form", keep="first", maintain_order=True)
    return distinct.sort(pl.col("form").str.len_bytes(), descending=True, maintain_order=True)


def _stems(entries: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Return ``term, target, stem``: a text has a translation if it has all of the translation's stems."""
    said = _said(pl.col("target"), language)
    whole = pl.concat_list(said)
    if language.tag in PREFIXES:
        stem = pl.element().str.replace(rf"^(?:{PREFIXES[language.tag]})(\w{{{STEM},}})$", "${1}")
        bare = stem.str.replace(rf"^(\w{{{STEM},}})[aeiou]$", "${1}")
        words = said.str.extract_all(rf"\w{{{STEM},}}").list.eval(bare)
        stems = pl.when(words.list.len() > 0).then(words).otherwise(whole)
    elif language.script in UNSPACED:
        stems = whole
    else:  # an ending may follow
        long = said.str.len_chars() > STEM + 1
        stems = pl.concat_list(pl.when(long).then(said.str.strip_suffix(" ")).otherwise(said))
    return entries.select("term", "target", stem=stems).explode("stem").unique()


def _said(text: pl.Expr, language: Language) -> pl.Expr:
    """Return a text to look for translations in: in lower case, in some languages without the common endings."""
    spoken = _spoken(text, language).str.to_lowercase()
    if language.script in UNSPACED or language.tag in PREFIXES:
        return spoken
    return spoken.str.replace_all(rf"(\p{{L}}{{{STEM},}}?)(?:es|s|e) ", "${1} ")


def _spoken(text: pl.Expr, language: Language) -> pl.Expr:
    """Return the words of a text, each between two spaces of its own; unspaced scripts without any space."""
    if language.script in UNSPACED:
        return fold(text).str.replace_all(" ", "", literal=True)
    return pl.lit(" ") + fold(text).str.extract_all(WORD).list.join("  ") + pl.lit(" ")
