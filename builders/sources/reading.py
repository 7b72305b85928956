"""Upstream files as typed records: JSON, JSON Lines, XML, CSV, TSV and Parquet, as they are or in a zip archive.

A malformed file (missing, not UTF-8, truncated, a field absent or of another type) is a `UserError` that names the
file, the record and the field. The content of a record is checked by the parsers.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import NoReturn, TypeVar
from xml.etree.ElementTree import Element

from builders.sources.layouts import archives, forms
from builders.sources.layouts.answers import word
from builders.sources.layouts.features import Names, card_names, schema_names
from builders.sources.layouts.json_text import NotJSONError, read_document, read_values
from globmed.errors import UserError
from globmed.storage.files import files_below, sha256

AGAIN = "download the file again, or correct it"
#: The formats whose files are records.
ROWS = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
CARD = "README.md"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file, with typed access to its fields.

    Attributes:
        where: its place, e.g. ``line 12``.
        key: its name where the file is an object of records by name.
        typed: False if the format only has strings (CSV, TSV); numbers and lists are then parsed from them.
        names: the names of integer labels by field, where the file or the repository's card has them.
    """

    fields: Mapping[str, object]
    file: str
    where: str
    key: str = ""
    typed: bool = True
    names: Names = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the string in a field."""
        value = self._value(name)
        return value if isinstance(value, str) else self._refuse(name, value, "a string")

    def text_or_none(self, name: str) -> str | None:
        """Return the string in a field; None if it is null or absent."""
        return None if self.fields.get(name) is None else self.text(name)

    def whole(self, name: str) -> int:
        """Return the whole number in a field; ``true``, ``1.0`` and ``"1"`` are refused."""
        number = self._number(name)
        return self._refuse(name, self._value(name), "a whole number") if number is None else number

    def whole_or_none(self, name: str) -> int | None:
        """Return the whole number in a field; None if it is null or absent."""
        is_empty = self.fields.get(name) is None or (not self.typed and self.fields[name] == "")
        return None if is_empty else self.whole(name)

    def note(self, name: str) -> str | None:
        """Return the string, or the name of the label, in a field that no item needs; None if it has neither."""
        value = self.fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            names = self.names.get(name, ())
            return names[value] if 0 <= value < len(names) else None
        return value.strip() or None if isinstance(value, str) else None

    def year(self, name: str) -> int | None:
        """Return the year in a field that no item needs, as a number or as digits; None if it has none."""
        found = re.fullmatch(r"\s*((?:19|20)[0-9]{2})\s*", str(self.fields.get(name)))
        return int(found[1]) if found else None

    def truth_or_none(self, name: str) -> bool | None:
        """Return the truth value in a field; None if it is null or absent."""
        value = self.fields.get(name)
        if isinstance(value, str) and not self.typed:
            value = {"true": True, "false": False, "": None}.get(value.strip().lower(), value)
        return value if value is None or isinstance(value, bool) else self._refuse(name, value, "true or false")

    def numeral(self, name: str) -> str:
        """Return the digits of a whole number, which may be written as a string."""
        value = self._value(name)
        return value.strip() if isinstance(value, str) and value.strip().isdecimal() else str(self.whole(name))

    def named(self, name: str) -> str:
        """Return a label, as its name where it is a number that the file's features or the card name; -1 is empty."""
        number = self._number(name)
        if number is None:
            return self.text(name)
        names = self.names.get(name, ())
        if number >= len(names) or number < -1:
            self._refuse(name, number, "a text, or a number that the Parquet's features or the card name")
        return "" if number == -1 else names[number]

    def texts(self, name: str) -> list[str]:
        """Return the strings in a list."""
        value = self._structure(name)
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return list(value)
        return self._refuse(name, value, "a list of strings")

    def options(self, name: str) -> dict[str, str]:
        """Return the texts of a list of options by label, in the order of the labels, whatever its form.

        Null is an empty text, and no option at the end of the list, where tables have it for an absent one.
        """
        try:
            return forms.options(self._value(name))
        except forms.NoOptionsError as error:
            return self._refuse(name, self._value(name), str(error))

    def record(self, name: str) -> "Record":
        """Return the object in a field."""
        value = self._structure(name)
        if not isinstance(value, dict):
            self._refuse(name, value, "an object")
        return replace(self, fields=value, where=f"{self.where}, {name!r}")

    def records(self, name: str) -> "list[Record]":
        """Return the objects in a list."""
        value = _turned(self._structure(name))
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            self._refuse(name, value, "a list of objects")
        return [replace(self, fields=part, where=f"{self.where}, {name!r} {n + 1}") for n, part in enumerate(value)]

    def choice(self, name: str, known: Iterable[str]) -> str:
        """Return which of the known strings a field has; case and white space do not count."""
        value, names = self.text(name), {word(each): each for each in known}
        return names.get(word(value)) or self._refuse(name, value, f"one of {', '.join(names.values())}")

    def _number(self, name: str) -> int | None:
        """Return the whole number in a field, or None; from a string only if the format only has strings."""
        value = self._value(name)
        if isinstance(value, str) and not self.typed and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
            return int(value.strip())
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def _structure(self, name: str) -> object:
        """Return a field, parsed as a list or object if the format only has strings."""
        value = self._value(name)
        return value if self.typed else forms.structure(value)

    def _value(self, name: str) -> object:
        if name not in self.fields:
            raise UserError(f"{self.file}: {self.where}: no field {name!r}, found {_short(list(self.fields))}: {AGAIN}")
        return self.fields[name]

    def _refuse(self, name: str, found: object, expected: str) -> NoReturn:
        raise UserError(f"{self.file}: {self.where}: field {name!r} is {_short(found)}, expected {expected}: {AGAIN}")


class Folder:
    """The files of one source; it records which were used, and counts the records that it hands out.

    A zip archive is read like a folder: ``data.zip/train.jsonl`` is a file.

    Attributes:
        counts: records by used file (path below the folder, with ``/``); an index has none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        self._members: dict[str, list[str]] = {}
        self._card: Names | None = None

    def unused(self) -> list[str]:
        """Return the unread files, sorted; an archive as a whole."""
        used = {self._on_disk(name) for name in self.counts}
        return [name for name in self._files() if name not in used]

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of the files that were used, by name, sorted; that of an archive as a whole."""
        return {name: sha256(self.path / name) for name in sorted({self._on_disk(name) for name in self.counts})}

    def tables(self) -> list[str]:
        """Return the files in a format of records (`ROWS`), sorted."""
        return [name for name in self.names() if name.endswith(ROWS)]

    def find(self, pattern: str, expected: str) -> list[re.Match[str]]:
        """Return the files whose whole path below the folder matches, in a fixed order (``match.string`` is the path).

        Raises:
            UserError: none matches; the message says what was expected.
        """
        found = [match for name in self.names() if (match := re.fullmatch(pattern, name))]
        if not found:
            raise UserError(
                f"{self.path}: none of the source's files is there, expected {expected}: "
                "download them, or remove the folder"
            )
        return found

    def records(self, file: str, records: Iterable[T]) -> Iterator[T]:
        """Yield a file's records, counted; a file without any is refused."""
        for record in records:
            self.counts[file] += 1
            yield record
        if not self.counts[file]:
            raise UserError(f"{self.path / file}: found no records, expected at least one: {AGAIN}")

    def rows(self, file: str) -> Iterator[Record]:
        """Yield the rows of a file in the format that its suffix says, one of `ROWS`.

        JSON may be Lines, an array, an object of records by name, or an object of lists of records.
        """
        self._use(file)
        return self.looked_at(file)

    def looked_at(self, file: str) -> Iterator[Record]:
        """Yield the rows of a file as `rows` does, without making it a used one."""
        if file.endswith(".parquet"):
            return self._parquet(file)
        return self._delimited(file) if file.endswith((".csv", ".tsv")) else self._json_rows(file)

    def json(self, file: str) -> Record:
        """Read a file that is one JSON object."""
        self._use(file)
        try:
            return self._record(file, "the file", read_document(self._text(file)))
        except NotJSONError as error:
            raise self._not_json(file, error) from None

    def json_lines(self, file: str) -> Iterator[Record]:
        """Read a file of JSON objects: one per line, one after another in any layout, or in one array."""
        self._use(file)
        return (self._record(file, where, value) for where, value in self._values(file))

    def xml(self, file: str) -> Element:
        """Return the root of an XML file; entities and external references are refused."""
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring

        self._use(file)
        text = self._text(file)
        try:
            # A declared encoding is useless in text that is already decoded, and an error to the parser.
            root: Element = fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise UserError(f"{self.path / file}: malformed XML ({error}): {AGAIN}") from None
        return root

    def _json_rows(self, file: str) -> Iterator[Record]:
        values = self._values(file)
        first, second = next(values, None), next(values, None)
        if first is None:
            return
        if second is None and (parts := _parts(first[1])):
            yield from (replace(self._record(file, where, value), key=key) for where, key, value in parts)
            return
        for where, value in chain((first,) if second is None else (first, second), values):
            yield self._record(file, where, value)

    def _values(self, file: str) -> Iterator[tuple[str, object]]:
        try:
            yield from read_values(self._text(file))
        except NotJSONError as error:
            raise self._not_json(file, error) from None

    def _delimited(self, file: str) -> Iterator[Record]:
        """Read a CSV or (``.tsv``) TSV file whose first row names the columns; every field is a string."""
        lines = io.StringIO(self._text(file), newline="")
        rows = csv.DictReader(lines, delimiter="\t" if file.endswith(".tsv") else ",", strict=True)
        try:
            header = [name.strip() for name in rows.fieldnames or ()]
            rows.fieldnames = header
            if len(set(header)) < len(header):
                raise UserError(f"{self.path / file}: line 1: duplicate column name: {AGAIN}")
            for row in rows:
                where = f"line {rows.line_num}"
                if None in row.values() and not "".join(filter(None, row.values())).strip():
                    continue
                if None in row or None in row.values():
                    raise UserError(
                        f"{self.path / file}: {where}: found another number of fields than the header's "
                        f"{len(header)}: {AGAIN}"
                    )
                yield Record(row, str(self.path / file), where, typed=False, names=self._card_names())
        except csv.Error as error:
            raise UserError(f"{self.path / file}: not a table ({error}), expected CSV or TSV: {AGAIN}") from None

    def _parquet(self, file: str) -> Iterator[Record]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.path / file
        try:
            with pq.ParquetFile(path if path.is_file() else io.BytesIO(self._bytes(file))) as table:
                names = {**self._card_names(), **schema_names(table.schema_arrow.metadata)}
                rows = (row for batch in table.iter_batches(1000) for row in batch.to_pylist())
                for number, row in enumerate(rows, 1):
                    yield Record(row, str(path), f"row {number}", names=names)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: not a Parquet file ({error}): {AGAIN}") from None

    def _card_names(self) -> Names:
        """Return the class names on the card, where the source's folder is a copy of its Hub repository."""
        if self._card is None:
            path = self.path / CARD
            self._card = card_names(path.read_text("utf-8", "replace")) if path.is_file() else {}
        return self._card

    def _files(self) -> list[str]:
        return [path.relative_to(self.path).as_posix() for path in files_below(self.path)]

    def names(self) -> list[str]:
        """Return the files and those in archives, sorted."""
        files = self._files()
        for name in files:
            if name.lower().endswith(".zip") and name not in self._members:
                self._members[name] = archives.members(self.path / name)
        inside = [f"{name}/{member}" for name, members in self._members.items() for member in members]
        return sorted([name for name in files if name not in self._members] + inside)

    def _on_disk(self, name: str) -> str:
        """Return the archive that a file is in, or the file itself."""
        return next((archive for archive in self._members if name.startswith(f"{archive}/")), name)

    def _use(self, file: str) -> None:
        if self._on_disk(file) == file and not (self.path / file).is_file():
            raise UserError(f"{self.path / file} is missing: download it, or remove the folder")
        self.counts.setdefault(file, 0)

    def _bytes(self, file: str) -> bytes:
        archive = self._on_disk(file)
        if archive == file:
            return (self.path / file).read_bytes()
        return archives.read_member(self.path / archive, file.removeprefix(f"{archive}/"))

    def _text(self, file: str) -> str:
        data = self._bytes(file)
        try:
            return data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise UserError(
                f"{self.path / file}: line {line}: byte {error.start} is not UTF-8 ({error.reason}): "
                "save the file as UTF-8, or download it again"
            ) from None

    def _record(self, file: str, where: str, value: object) -> Record:
        if not isinstance(value, dict):
            raise UserError(f"{self.path / file}: {where}: is {_short(value)}, expected an object: {AGAIN}")
        return Record(value, str(self.path / file), where, names=self._card_names())

    def _not_json(self, file: str, error: NotJSONError) -> UserError:
        return UserError(f"{self.path / file}: line {error.line}: not JSON ({error}): {AGAIN}")


def _parts(value: object) -> list[tuple[str, str, object]]:
    """Return place, name and value of the records of an object of records, or of lists of them; none of a record."""
    if not isinstance(value, dict):
        return []
    if all(isinstance(part, dict) for part in value.values()):
        return [(_shown(name), name, part) for name, part in value.items()]
    if all(isinstance(part, list) and all(isinstance(each, dict) for each in part) for part in value.values()):
        return [(f"{name!r} {n}", name, each) for name, part in value.items() for n, each in enumerate(part, 1)]
    return []


def _shown(name: str) -> str:
    """Return a record's name as the place that messages give; it is quoted where it would break a line."""
    return name if name.strip() and name.isprintable() else repr(name)


def _turned(value: object) -> object:
    """Return the list of objects for an object of lists, as `datasets` writes it; any other value as it is."""
    columns = list(value.values()) if isinstance(value, dict) else []
    if not columns or not all(isinstance(each, list) and len(each) == len(columns[0]) for each in columns):
        return value
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)] if isinstance(value, dict) else []


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
