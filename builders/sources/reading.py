"""Upstream files as typed records: JSON, JSON Lines, XML, CSV, TSV and Parquet.

A malformed file (missing, not UTF-8, truncated, a field absent or of another type) is a `UserError` that names the
file, the record and the field. The content of a record is checked by the parsers.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar
from xml.etree.ElementTree import Element

from builders.sources.answers import label, word
from builders.sources.json_text import NotJSONError, read_document, read_values
from globmed.errors import UserError
from globmed.storage.files import files_below

AGAIN = "download the file again, or mend it"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file, with typed access to its fields; ``where`` is its place, e.g. ``line 12``."""

    fields: Mapping[str, object]
    file: str
    where: str

    def text(self, name: str) -> str:
        """Return the string in a field."""
        value = self._value(name)
        return value if isinstance(value, str) else self._refuse(name, value, "a string")

    def text_or_none(self, name: str) -> str | None:
        """Return the string in a field; None if it is null or absent."""
        return None if self.fields.get(name) is None else self.text(name)

    def whole(self, name: str) -> int:
        """Return the whole number in a field; ``true``, ``1.0`` and ``"1"`` are refused."""
        value = self._value(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return self._refuse(name, value, "a whole number")

    def whole_or_none(self, name: str) -> int | None:
        """Return the whole number in a field; None if it is null or absent."""
        return None if self.fields.get(name) is None else self.whole(name)

    def texts(self, name: str) -> list[str]:
        """Return the strings in a list."""
        value = self._value(name)
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return list(value)
        return self._refuse(name, value, "a list of strings")

    def options(self, name: str) -> dict[str, str]:
        """Return the texts of an object of options by key, in the order of the keys; null is an empty text."""
        fields = self.record(name).fields
        if not all(text is None or isinstance(text, str) for text in fields.values()):
            self._refuse(name, dict(fields), "an object of strings")
        labels = {key: label(key) for key in fields}
        # Two keys with the same label are kept as they are, and the parser's check refuses them.
        names = labels if len(set(labels.values())) == len(labels) else dict(zip(fields, fields, strict=True))
        return {
            names[key]: str(fields[key] or "") for key in sorted(fields, key=lambda key: (len(names[key]), names[key]))
        }

    def record(self, name: str) -> "Record":
        """Return the object in a field."""
        value = self._value(name)
        if not isinstance(value, dict):
            self._refuse(name, value, "an object")
        return Record(value, self.file, f"{self.where}, {name!r}")

    def records(self, name: str) -> "list[Record]":
        """Return the objects in a list."""
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            self._refuse(name, value, "a list of objects")
        return [Record(part, self.file, f"{self.where}, {name!r} {n + 1}") for n, part in enumerate(value)]

    def choice(self, name: str, known: Iterable[str]) -> str:
        """Return which of the known strings a field has; case and white space do not count."""
        value, names = self.text(name), {word(each): each for each in known}
        return names.get(word(value)) or self._refuse(name, value, f"one of {', '.join(names.values())}")

    def _value(self, name: str) -> object:
        if name not in self.fields:
            raise UserError(f"{self.file}: {self.where}: no field {name!r}, found {_short(list(self.fields))}: {AGAIN}")
        return self.fields[name]

    def _refuse(self, name: str, found: object, expected: str) -> NoReturn:
        raise UserError(f"{self.file}: {self.where}: field {name!r} is {_short(found)}, expected {expected}: {AGAIN}")


class Folder:
    """The files of one source; keeps track of the files used and the number of records read from each.

    Attributes:
        counts: records by used file (path below the folder, with ``/``); none for an index.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {}

    def unused(self) -> list[str]:
        """Return the files that were not read, sorted."""
        return [name for name in self._names() if name not in self.counts]

    def find(self, pattern: str, expected: str) -> list[re.Match[str]]:
        """Return the files whose whole path below the folder matches, in a fixed order (``match.string`` is the path).

        Raises:
            UserError: no file matches; the message says what was expected.
        """
        found = [match for name in self._names() if (match := re.fullmatch(pattern, name))]
        if not found:
            raise UserError(
                f"{self.path}: none of the source's files is there, expected {expected}: "
                "download them, or remove the folder"
            )
        return found

    def records(self, file: str, records: Iterable[T]) -> Iterator[T]:
        """Yield a file's records and count them; refuse a file without any."""
        for record in records:
            self.counts[file] += 1
            yield record
        if not self.counts[file]:
            raise UserError(f"{self.path / file}: found no records, expected at least one: {AGAIN}")

    def table(self, file: str) -> Iterator[Record]:
        """Yield the rows of a file in the format of its suffix: .jsonl, .json (Lines), .csv, .tsv, .parquet."""
        suffix = Path(file).suffix
        if suffix == ".parquet":
            return self.parquet(file)
        return self.delimited(file) if suffix in (".csv", ".tsv") else self.json_lines(file)

    def json(self, file: str) -> Record:
        """Read a file that is one JSON object."""
        text = self._text(file)
        try:
            return self._record(file, "the file", read_document(text))
        except NotJSONError as error:
            raise self._not_json(file, error) from None

    def json_lines(self, file: str) -> Iterator[Record]:
        """Read a file of JSON objects: one per line, one after another in any layout, or in one array."""
        text = self._text(file)
        try:
            for where, value in read_values(text):
                yield self._record(file, where, value)
        except NotJSONError as error:
            raise self._not_json(file, error) from None

    def delimited(self, file: str) -> Iterator[Record]:
        """Read a CSV or (``.tsv``) TSV file whose first row names the columns; every field is a string."""
        lines = io.StringIO(self._text(file), newline="")
        rows = csv.DictReader(lines, delimiter="\t" if file.endswith(".tsv") else ",", strict=True)
        try:
            header = [name.strip() for name in rows.fieldnames or ()]
            rows.fieldnames = header
            if len(set(header)) < len(header):
                raise UserError(f"{self.path / file}: line 1: a column's name stands twice: {AGAIN}")
            for row in rows:
                where = f"line {rows.line_num}"
                if None in row.values() and not "".join(filter(None, row.values())).strip():
                    continue
                if None in row or None in row.values():
                    raise UserError(
                        f"{self.path / file}: {where}: found another number of fields than the header's "
                        f"{len(header)}: {AGAIN}"
                    )
                yield Record(row, str(self.path / file), where)
        except csv.Error as error:
            raise UserError(f"{self.path / file}: not a table ({error}), expected CSV or TSV: {AGAIN}") from None

    def parquet(self, file: str) -> Iterator[Record]:
        """Yield the rows of a Parquet file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._open(file)
        try:
            with pq.ParquetFile(path) as table:
                rows = (row for batch in table.iter_batches(1000) for row in batch.to_pylist())
                for number, row in enumerate(rows, 1):
                    yield Record(row, str(path), f"row {number}")
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: not a Parquet file ({error}): {AGAIN}") from None

    def xml(self, file: str) -> Element:
        """Return the root of an XML file; entities and external references are refused."""
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring

        text = self._text(file)
        try:
            # A declared encoding is useless in text that is already decoded, and an error to the parser.
            root: Element = fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise UserError(f"{self.path / file}: malformed XML ({error}): {AGAIN}") from None
        return root

    def _names(self) -> list[str]:
        return [path.relative_to(self.path).as_posix() for path in files_below(self.path)]

    def _open(self, file: str) -> Path:
        path = self.path / file
        if not path.is_file():
            raise UserError(f"{path} is missing: download it, or remove the folder")
        self.counts.setdefault(file, 0)
        return path

    def _text(self, file: str) -> str:
        data = self._open(file).read_bytes()
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
        return Record(value, str(self.path / file), where)

    def _not_json(self, file: str, error: NotJSONError) -> UserError:
        return UserError(f"{self.path / file}: line {error.line}: not JSON ({error}): {AGAIN}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
