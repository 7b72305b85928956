"""Find a source's files by the fields of their records, and read each in its own layout."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Generic, Literal, TypeVar

from builders.sources.layouts.answers import word
from builders.sources.reading import AGAIN, Folder, Record
from builders.sources.source import SPLIT_OF, Part, Source
from globmed.errors import UserError
from globmed.languages.identify import told

Read = TypeVar("Read")
#: Number of records whose texts decide the language of a file if neither its path nor a field states it.
READ_FOR_LANGUAGE = 50
LANGUAGE_FIELDS = ("lang", "language")


class OtherFileError(UserError):
    """A file is not one of the source's: its records have none of its layouts, or an unknown split or language."""


@dataclass(frozen=True, slots=True)
class Layout(Generic[Read]):
    """One way in which a source's records are published.

    Attributes:
        name: its name in messages.
        fields: those of its records; a record with all of them has this layout.
        read: how a parser reads a record; its form is the parser's own.
    """

    name: str
    fields: tuple[str, ...]
    read: Read

    def __str__(self) -> str:
        """Return it as messages list it."""
        return f"{self.name} ({', '.join(self.fields)})"


@dataclass(frozen=True, slots=True)
class Published(Generic[Read]):
    """A file of a source, in one of its layouts; split and language are None if unknown."""

    file: str
    layout: Layout[Read]
    split: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Known(Generic[Read]):
    """The known layouts and paths of a source.

    Attributes:
        layouts: the publisher's first.
        names: pattern of the paths that the publisher's files have. These come first, and have to fit a layout; files
            of other names are found by their records, for the splits and languages that these do not have.
        expected: how a message names those files.
        other: pattern of paths that are not files of this source, whatever their contents.
        languages: the source's languages by their names in paths or fields; empty if there is only one.
        splits: whether a file's path must, may or cannot name its split.
    """

    layouts: tuple[Layout[Read], ...]
    names: str
    expected: str
    other: str | None = None
    languages: Mapping[str, str] | None = None
    splits: Literal["needed", "optional", "none"] = "needed"

    def find(self, folder: Folder) -> list[Published[Read]]:
        """Return the files of a folder that are this source's, those of the publisher's names first.

        Raises:
            UserError: there is none, or one of the publisher's names has none of the layouts.
        """
        tables = [name for name in folder.tables() if not (self.other and re.fullmatch(self.other, name))]
        named = [self._published(folder, name) for name in tables if re.fullmatch(self.names, name)]
        there = {(each.split, each.language) for each in named}
        others, problem = [], None
        for name in tables:
            if re.fullmatch(self.names, name):
                continue
            try:
                found = self._published(folder, name)
            except OtherFileError as error:
                problem = problem or error
            except UserError:
                # A file that cannot be read may be one of the source's, unless the publisher's own are there.
                if not named:
                    raise
            else:
                is_new = (found.split, found.language) not in there
                others += [found] if is_new and next(folder.looked_at(name), None) else []
        if not named and not others:
            if problem:
                raise problem
            folder.find(self.names, f"{self.expected}, or a copy in one of the layouts {self._listed()}")
        return named + others

    def read(self, source: Source, folder: Folder) -> Iterator[tuple[Part, Read, Record]]:
        """Yield every record of the files that `find` returns, with its part and its reader."""
        for found in self.find(folder):
            part = source.part(found.file, found.split or "", found.language or next(iter(source.languages)))
            for record in folder.records(found.file, folder.rows(found.file)):
                yield part, found.layout.read, record

    def _published(self, folder: Folder, file: str) -> Published[Read]:
        first = next(folder.looked_at(file), None)
        layout = self.layouts[0] if first is None else self._layout(first)
        split = None if self.splits == "none" else split_of(file) or SPLIT_OF.get("" if first is None else first.key)
        found = Published(file, layout, split, self._language(folder, file, first))
        self._refuse_useless(folder, found)
        return found

    def _layout(self, record: Record) -> Layout[Read]:
        fitting = [layout for layout in self.layouts if set(layout.fields) <= record.fields.keys()]
        if fitting:
            return fitting[0]
        nearest = max(self.layouts, key=lambda layout: len(record.fields.keys() & set(layout.fields)))
        missing = next(field for field in nearest.fields if field not in record.fields)
        raise OtherFileError(
            f"{record.file}: {record.where}: no field {missing!r}, found {', '.join(record.fields)[:80]!r}, "
            f"expected one of the layouts {self._listed()}: {AGAIN}"
        )

    def _language(self, folder: Folder, file: str, first: Record | None) -> str | None:
        if self.languages is None:
            return None
        for part in reversed(PurePosixPath(file).parts):
            named = {self.languages[name] for name in re.split(r"[^A-Za-z]+", part) if name in self.languages}
            if len(named) == 1:
                return named.pop()
        said = next((first.fields[name] for name in LANGUAGE_FIELDS if name in first.fields), None) if first else None
        if isinstance(said, str):
            return self.languages.get(word(said))
        return _told(islice(folder.looked_at(file), READ_FOR_LANGUAGE), set(self.languages.values()))

    def _refuse_useless(self, folder: Folder, found: Published[Read]) -> None:
        if found.split is None and self.splits == "needed":
            raise OtherFileError(
                f"{folder.path / found.file}: its path names no split, expected train, validation or test in it: "
                "rename the file"
            )
        if found.language is None and self.languages is not None:
            raise OtherFileError(
                f"{folder.path / found.file}: neither its path nor a field names one of its source's languages, "
                f"expected {', '.join(dict.fromkeys(self.languages.values()))}: rename the file"
            )

    def _listed(self) -> str:
        return "; ".join(map(str, self.layouts))


def split_of(file: str) -> str | None:
    """Return the split that the nearest part of a path names, from the file's name up; None for none or for two."""
    parts = PurePosixPath(file)
    for part in (parts.stem, *reversed(parts.parts[:-1])):
        named = {SPLIT_OF[word] for word in re.split(r"[^a-z]+", part.lower()) if word in SPLIT_OF}
        if named:
            return named.pop() if len(named) == 1 else None
    return None


def _told(records: Iterator[Record], languages: set[str]) -> str | None:
    texts = (value for record in records for value in record.fields.values() if isinstance(value, str))
    found = told(texts)
    best = next(iter(found.most_common(1)), (None, 0))
    return best[0] if best[0] in languages and best[1] > found.total() / 2 else None
