"""Translated benchmarks as others published them: a folder a language with the same files in each, ``en`` among them.

The ten repositories of "Toward Global Large Language Models in Medicine" (arXiv 2601.02186) have this layout:
``ruiyang-medinfo/GlobMed_*`` on the Hub, with ``en/train.json``, ``sw/train.json`` and so on. That is what the Hub's
listings show; the fields of the records are documented nowhere, so that none is expected. Every text of an English
record is paired with the text in the same place of the same record in the other language; what is no text (numbers,
letters of answers) has to be equal, which shows that both are the same record.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.sources.audit.markup import plain
from builders.sources.layouts.forms import structure
from builders.sources.reading import ROWS, Folder, Record
from builders.sources.source import cleaned
from globmed.storage.files import files_below

ENGLISH_FOLDER = "en"
#: Fields that name a record, if their values differ within a file.
IDS = ("id", "idx", "qid", "uid", "question_id", "pmid", "PMID", "index")
#: The reasons why a record is not used.
ALONE = "without the English record"
OTHER_RECORD = "in which a number, a letter or a field differs from the English record"
OTHER_FILE = "of a file that is not parallel to the English one"
#: The share of records that differ from the English ones above which a file is not parallel to it.
NOT_PARALLEL = 0.1
#: Words from which on a text that equals its English one was not translated; fewer may be a name.
UNTRANSLATED = 4
_LABEL = re.compile(r"\W*(?:[A-Za-z]|\d+)\W*")
_COMMIT = re.compile(r"[0-9a-f]{40}")

Place = tuple[str | int, ...]
#: The texts of a record, and its other values, by their place in it.
Contents = tuple[dict[Place, str], dict[Place, object]]


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file in one language, its English file, and which part of their paths is the folder of the language."""

    path: Path
    english: Path
    place: int

    @property
    def code(self) -> str:
        """The language, as its folder is named."""
        return self.path.parts[self.place]

    @property
    def root(self) -> Path:
        """The folder of the repository, which has the folders of the languages."""
        return Path(*self.path.parts[: self.place])

    @property
    def part(self) -> str:
        """Its path below the folder of its language."""
        return Path(*self.path.parts[self.place + 1 :]).as_posix()


@dataclass(frozen=True, slots=True)
class RecordRead:
    """A record: its name, its pairs of English and translation, and the reason why there are none, or ``""``."""

    name: str
    pairs: Sequence[tuple[str, str]]
    problem: str = ""


def published_files(folder: Path) -> list[PublishedFile]:
    """Return the files below a folder that have an English one at the same place, the English ones among them."""
    tables = {path for path in files_below(folder) if path.suffix in ROWS}
    found = []
    for path in sorted(tables):
        for place in reversed(range(len(folder.parts), len(path.parts) - 1)):
            english = Path(*path.parts[:place], ENGLISH_FOLDER, *path.parts[place + 1 :])
            if english in tables:
                found.append(PublishedFile(path, english, place))
                break
    return found


def repository(root: Path) -> tuple[str, str | None]:
    """Return the name of a repository's folder and its commit, where the Hub's client downloaded it; else None.

    ``huggingface_hub`` keeps both in the paths of its cache, and the commit in ``.cache`` of a local folder
    (https://huggingface.co/docs/huggingface_hub/guides/download).
    """
    cached = root.absolute()
    if cached.parent.name == "snapshots" and _COMMIT.fullmatch(cached.name):
        return "/".join(cached.parents[1].name.split("--")[1:]), cached.name
    commits = {
        first
        for path in sorted(root.glob(".cache/huggingface/download/**/*.metadata"))
        if _COMMIT.fullmatch(first := path.read_text("utf-8", "replace").partition("\n")[0].strip())
    }
    return root.name, commits.pop() if len(commits) == 1 else None


def read_published(file: PublishedFile) -> Iterator[RecordRead]:
    """Yield the records of a file with their pairs; those of an English file have none.

    Raises:
        UserError: a file cannot be read.
    """
    if file.path == file.english:
        return
    english, other = records_of(file.english), records_of(file.path)
    named = _named(english, other)
    if named is None:
        yield from (RecordRead(record.where, (), OTHER_FILE) for record in other)
        return
    read = [
        RecordRead(name, (), ALONE) if source is None else _paired(name, source, target)
        for name, source, target in named
    ]
    if sum(each.problem == OTHER_RECORD for each in read) > NOT_PARALLEL * len(read):
        read = [RecordRead(each.name, (), OTHER_FILE) for each in read]
    yield from read


def records_of(path: Path) -> list[Record]:
    """Return the records of a file.

    Raises:
        UserError: it cannot be read.
    """
    return list(Folder(path.parent).looked_at(path.name))


def contents(fields: Mapping[str, object]) -> Contents:
    """Return the texts of a record by their place in it, cleaned as the items' are, and its other values."""
    texts: dict[Place, str] = {}
    others: dict[Place, object] = {}
    waiting: list[tuple[Place, object]] = [((), dict(fields))]
    while waiting:
        place, found = waiting.pop()
        value = structure(found)
        if isinstance(value, dict):
            waiting += [((*place, str(name)), each) for name, each in value.items()]
        elif isinstance(value, list):
            waiting += [((*place, number), each) for number, each in enumerate(value)]
        elif isinstance(value, str) and not _LABEL.fullmatch(value):
            text = cleaned(plain(value))
            if text is not None:
                texts[place] = text
        elif value is not None:
            others[place] = value.strip() if isinstance(value, str) else value
    return texts, others


def record_id(records: Sequence[Record]) -> str | None:
    """Return the field that names the records of a file; None if there is none."""
    for name in IDS:
        values = [record.fields.get(name) for record in records]
        if all(isinstance(value, str | int) for value in values) and len(set(map(str, values))) == len(values):
            return name
    return None


def _named(english: Sequence[Record], other: Sequence[Record]) -> "list[tuple[str, Record | None, Record]] | None":
    """Return the records with their English ones: by their id, else by their place; None if neither tells."""
    if not english or not other:
        return []
    if all(record.key for record in (*english, *other)):
        by_key = {record.key: record for record in english}
        return [(record.key, by_key.get(record.key), record) for record in other]
    name = record_id(english)
    if name is not None and record_id(other) == name:
        by_id = {str(record.fields[name]): record for record in english}
        ids = [str(record.fields[name]) for record in other]
        return [(each, by_id.get(each), record) for each, record in zip(ids, other, strict=True)]
    if len(english) != len(other):
        return None
    return [(record.where, source, record) for source, record in zip(english, other, strict=True)]


def _paired(name: str, english: Record, other: Record) -> RecordRead:
    sources, facts = contents(english.fields)
    targets, others = contents(other.fields)
    if facts != others or sources.keys() != targets.keys():
        return RecordRead(name, (), OTHER_RECORD)
    pairs = [(source, targets[place]) for place, source in sources.items()]
    return RecordRead(name, [pair for pair in dict.fromkeys(pairs) if not _is_untranslated(*pair)])


def _is_untranslated(source: str, target: str) -> bool:
    return source == target and len(source.split()) >= UNTRANSLATED
