"""Read parallel text from TMX, tab-separated or Moses files.

Moses format is two plain text files with the same number of lines, one per language
(https://www2.statmt.org/moses/?n=FactoredTraining.PrepareTraining).
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from builders.translate.memory import read_tmx
from builders.translate.packages.columns import columns_named
from builders.translate.packages.direction import check_direction
from globmed.errors import UserError
from globmed.languages.tags import standard_tag
from globmed.storage.lines import read_lines


class Pair(NamedTuple):
    """A text and its translation."""

    source: str
    target: str


class Direction(NamedTuple):
    """The language tags translated from and to."""

    source: str
    target: str


#: Called with notes on a valid file.
Note = Callable[[str], object]


def _untold(note: str) -> None:
    pass


def read_corpora(
    specifications: Sequence[str], direction: Direction, *, trusted: bool = False, note: Note = _untold
) -> list[Pair]:
    """Return the pairs of all files, without duplicates, in order; see `read_corpus`."""
    pairs = (pair for each in specifications for pair in read_corpus(each, direction, trusted=trusted, note=note))
    return list(dict.fromkeys(pairs))


def read_corpus(specification: str, direction: Direction, *, trusted: bool = False, note: Note = _untold) -> list[Pair]:
    """Read the pairs of a TMX file, of a tab-separated file, or of two Moses files joined by a comma.

    A first row that names its columns (``source``, ``sw``, ``Swahili``) determines their order and is not a pair. Pairs
    with an empty side are left out.

    Args:
        specification: the file, or the two files.
        direction: the languages of sources and targets.
        trusted: skip the check of the languages.
        note: called with a first row that is not a pair.

    Raises:
        UserError: no such file, an unsupported format, no pairs, or sides in other languages.
    """
    files = corpus_files(specification)
    if files[0].suffix.lower() == ".tmx":
        pairs, remedy = _read_tmx(files[0], direction), "correct its xml:lang"
    else:
        moses = len(files) == 2
        rows = _read_moses(*files) if moses else _read_tsv(files[0], direction)
        pairs = _pairs(rows, direction, specification, note)
        remedy = "name the two files the other way round" if moses else "swap its columns"
    pairs = [pair for pair in pairs if pair.source and pair.target]
    if not pairs:
        raise UserError(f"{specification}: no {'-'.join(direction)} pair in it; check the languages named")
    if not trusted:
        sources, targets = zip(*pairs, strict=True)
        check_direction(sources, targets, direction, specification, remedy)
    return pairs


def corpus_files(specification: str) -> list[Path]:
    """Return the files that make up a corpus, in the order source, target.

    Raises:
        UserError: no such file, or an unsupported format.
    """
    files = [Path(name) for name in specification.split(",")]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise UserError(f"{', '.join(missing)}: no such file; name a .tmx, a .tsv, or SOURCE.txt,TARGET.txt")
    if len(files) > 2 or (len(files) == 1 and files[0].suffix.lower() not in {".tmx", ".tsv"}):
        raise UserError(f"{specification}: expected one .tmx, one .tsv, or two text files joined by a comma")
    return files


def hold_back(pairs: Sequence[Pair], most: int = 1000) -> tuple[list[Pair], list[Pair]]:
    """Hold out a twentieth, at most ``most`` sources with all their pairs, the same in every run.

    Returns:
        The rest, and the pairs held out.
    """
    sources = sorted({pair.source for pair in pairs})
    held = set(random.Random(0).sample(sources, min(most, -(-len(sources) // 20))))  # noqa: S311
    rest = [pair for pair in pairs if pair.source not in held]
    return rest, [pair for pair in pairs if pair.source in held]


def _read_moses(source: Path, target: Path) -> list[Sequence[str]]:
    sources, targets = read_lines(source), read_lines(target)
    if len(sources) != len(targets):
        raise UserError(
            f"{target}: {len(targets)} lines, expected {len(sources)} as in {source}; "
            "the two files must be aligned line by line"
        )
    return list(zip(sources, targets, strict=True))


def _read_tsv(path: Path, direction: Direction) -> list[Sequence[str]]:
    """Return rows of two columns, or of all columns if the first row names them."""
    rows = {number: line.split("\t") for number, line in enumerate(read_lines(path), start=1) if line.strip()}
    first = next(iter(rows.values()), [])
    expected = len(first) if columns_named(first, direction) else 2
    for number, row in rows.items():
        if len(row) != expected:
            named = "source, tab, target" if expected == 2 else "as in the first row"
            raise UserError(f"{path}, line {number}: {len(row)} columns, expected {expected} ({named})")
    return list(rows.values())


def _pairs(rows: Sequence[Sequence[str]], direction: Direction, name: str, note: Note) -> list[Pair]:
    """Return the pairs of rows; column names may occur more than once if files were concatenated."""
    columns = columns_named(rows[0], direction) if rows else None
    if columns is None:
        return [Pair(source.strip(), target.strip()) for source, target in rows]
    source, target = columns
    named = f"{rows[0][source].strip()!r} for sources, {rows[0][target].strip()!r} for targets"
    note(f"{name}: the first row names the columns ({named}); it is no pair")
    return [Pair(row[source].strip(), row[target].strip()) for row in rows if row != rows[0]]


def _read_tmx(path: Path, direction: Direction) -> list[Pair]:
    """Return the units of the language pair, one side of which is English."""
    units = list(read_tmx(path, default_origin="human"))
    source, target = map(standard_tag, direction)
    if source == "en":
        return [Pair(unit.source, unit.text) for unit in units if unit.language == target]
    if target != "en":
        raise UserError(f"{path}: TMX is read from or to English, not {'-'.join(direction)}; use a .tsv")
    return [Pair(unit.text, unit.source) for unit in units if unit.language == source]
