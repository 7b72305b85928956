"""Parallel text, read from TMX, tab-separated or Moses files.

Moses format is two plain text files with the same number of lines, one a language
(https://www2.statmt.org/moses/?n=FactoredTraining.PrepareTraining).
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from builders.translate.memory import read_tmx
from globmed.errors import UserError
from globmed.tags import standard_tag


class Pair(NamedTuple):
    """A text and its translation."""

    source: str
    target: str


class Direction(NamedTuple):
    """The language tags translated from and to."""

    source: str
    target: str


def read_corpora(specifications: Sequence[str], direction: Direction) -> list[Pair]:
    """The pairs of all files, each pair once, in the order in which they stand there."""
    pairs = (pair for each in specifications for pair in read_corpus(each, direction))
    return list(dict.fromkeys(pair for pair in pairs if pair.source and pair.target))


def read_corpus(specification: str, direction: Direction) -> list[Pair]:
    """The pairs of a TMX file, of a tab-separated file, or of two Moses files joined by a comma.

    Raises:
        UserError: no such file, a format that is none of these, or nothing in it.
    """
    files = corpus_files(specification)
    if len(files) == 2:
        pairs = _read_moses(*files)
    elif files[0].suffix.lower() == ".tmx":
        pairs = _read_tmx(files[0], direction)
    else:
        pairs = _read_tsv(files[0], direction)
    if not pairs:
        raise UserError(f"{specification}: no {'-'.join(direction)} pair in it; check the languages named")
    return pairs


def corpus_files(specification: str) -> list[Path]:
    """The files that make up a corpus, in the order source, target.

    Raises:
        UserError: no such file, or not one of the formats.
    """
    files = [Path(name) for name in specification.split(",")]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise UserError(f"{', '.join(missing)}: no such file; name a .tmx, a .tsv, or SOURCE.txt,TARGET.txt")
    if len(files) > 2 or (len(files) == 1 and files[0].suffix.lower() not in {".tmx", ".tsv"}):
        raise UserError(f"{specification}: expected one .tmx, one .tsv, or two text files joined by a comma")
    return files


def hold_back(pairs: Sequence[Pair], most: int = 1000) -> tuple[list[Pair], list[Pair]]:
    """Split off a twentieth, at most ``most`` sources with all their pairs, the same at every run.

    Returns:
        The rest, and what is held back.
    """
    sources = sorted({pair.source for pair in pairs})
    held = set(random.Random(0).sample(sources, min(most, -(-len(sources) // 20))))  # noqa: S311
    rest = [pair for pair in pairs if pair.source not in held]
    return rest, [pair for pair in pairs if pair.source in held]


def _read_moses(source: Path, target: Path) -> list[Pair]:
    sources, targets = _lines(source), _lines(target)
    if len(sources) != len(targets):
        raise UserError(
            f"{target}: {len(targets)} lines, expected {len(sources)} as in {source}; "
            "the two files must be aligned line by line"
        )
    return [Pair(*texts) for texts in zip(sources, targets, strict=True)]


def _read_tsv(path: Path, direction: Direction) -> list[Pair]:
    """Two columns, source first; a first row that names the two tags says which is which."""
    rows = [tuple(line.split("\t")) for line in _lines(path) if line]
    for number, row in enumerate(rows, start=1):
        if len(row) != 2:
            raise UserError(f"{path}, row {number}: {len(row)} columns, expected 2 (source, tab, target)")
    if rows and rows[0] == tuple(reversed(direction)):
        return [Pair(target, source) for source, target in rows[1:]]
    return [Pair(*row) for row in rows[rows[:1] == [tuple(direction)] :]]


def _read_tmx(path: Path, direction: Direction) -> list[Pair]:
    """The units of the pair of languages, one of which is English."""
    units = list(read_tmx(path, default_origin="human"))
    source, target = map(standard_tag, direction)
    if source == "en":
        return [Pair(unit.source, unit.text) for unit in units if unit.language == target]
    if target != "en":
        raise UserError(f"{path}: TMX is read from or to English, not {'-'.join(direction)}; use a .tsv")
    return [Pair(unit.text, unit.source) for unit in units if unit.language == source]


def _lines(path: Path) -> list[str]:
    """The lines of a text file; only a line feed ends one, since texts may hold other separators."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"{error.reason} at byte {error.start}"
        raise UserError(f"{path}: {found}, expected UTF-8; convert it first") from error
    return [line.strip() for line in text.removesuffix("\n").split("\n")]
