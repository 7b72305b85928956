"""The translation memory of the made-up records: TMX 1.4, a folder a language with a file a source."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from benchmarks.corpus.published import Corpus
from benchmarks.corpus.words import made_up
from globmed.languages import ENGLISH, Language

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
<header creationtool="globmed" creationtoolversion="1" segtype="block" o-tmf="made up" adminlang="en" srclang="en" \
datatype="plaintext"><prop type="origin">human</prop></header>
<body>
"""
END = "</body>\n</tmx>\n"


def write_translations(corpus: Corpus, folder: Path) -> int:
    """Write the memory of a corpus into a folder; how many units it has."""
    languages = [entry for entry in made_up().values() if entry.name != ENGLISH]
    return sum(_write(corpus.pairs(entry.name), entry, folder / entry.name) for entry in languages)


def _write(parts: Iterable[tuple[str, pl.DataFrame]], language: Language, folder: Path) -> int:
    folder.mkdir(parents=True)
    units = 0
    for name, pairs in parts:
        unit = pl.format(
            '<tu tuid="{}"><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="{}"><seg>{}</seg></tuv></tu>',
            pl.int_range(pl.len()),
            _escaped("english"),
            pl.lit(language.tag),
            _escaped("text"),
        )
        lines = pairs.select(unit).to_series()
        (folder / f"{name}.tmx").write_text(HEAD + "\n".join(lines) + "\n" + END, "utf-8")
        units += len(lines)
    return units


def _escaped(column: str) -> pl.Expr:
    return pl.col(column).str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"])
