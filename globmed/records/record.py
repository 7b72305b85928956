"""Read and write records: the same dataclass writes a file and reads it, whichever version of the project wrote it.

Pydantic checks the types while it reads (https://docs.pydantic.dev/latest/concepts/dataclasses), strictly: a number in
a text is not a number. Fields that this version does not know are kept and written back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from globmed.cli.console import visible
from globmed.errors import UserError
from globmed.storage.files import json_text, write_text

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

#: Metadata of a field that is left out of the file if it is None.
OMITTED: Mapping[str, Any] = {"omitted": True}
#: At most so many characters of a value are quoted.
LONGEST = 60


@dataclass(frozen=True)
class Record:
    """A record; its fields are those of the file, in their order."""

    #: Pydantic keeps unknown fields as attributes.
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "allow"}


Kind = TypeVar("Kind", bound=Record)


def read_record(kind: type[Kind], text: str, place: object, step: str) -> Kind:
    """Read a record from JSON.

    Args:
        kind: the record's class.
        text: the JSON text.
        place: the file, for the error.
        step: what to do about a damaged file, for the error.

    Raises:
        UserError: not JSON, a missing field, or a value of another type; it names the field, what was found and what
            was expected.
    """
    from pydantic import ValidationError

    try:
        # For mypy a class is as hashable as its instances.
        found: Kind = _reader(kind).validate_json(text, strict=True)  # type: ignore[arg-type]
    except ValidationError as error:
        raise UserError(f"{place}: {_fault(error)}; {step}") from error
    return found


def read_file(kind: type[Kind], path: Path, step: str, place: object = None) -> Kind:
    """Read a record from a file; errors call it by its path, or by another place.

    Raises:
        UserError: as `read_record`; or there is no such file.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise UserError(f"{place or path}: {error.strerror}; {step}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{place or path}: byte {error.start} is not UTF-8, expected JSON; {step}") from error
    return read_record(kind, text, place or path, step)


def as_dict(record: Record) -> dict[str, Any]:
    """Return a record as a dictionary for JSON, without `OMITTED` fields that are None."""
    omitted = {each.name for each in fields(record) if each.metadata.get("omitted")}
    values = {each.name: getattr(record, each.name) for each in fields(record)} | vars(record)
    return {name: _plain(value) for name, value in values.items() if name not in omitted or value is not None}


def known(record: Kind) -> Kind:
    """Return a record without the fields that this version does not know, in it and in the records that it holds."""
    return replace(record, **{each.name: _known(getattr(record, each.name)) for each in fields(record)})


def changed(record: Kind, **values: Any) -> Kind:
    """Return a record with other values of some fields; fields that this version does not know are kept."""
    made = replace(record, **values)
    vars(made).update({name: value for name, value in vars(record).items() if name not in vars(made)})
    return made


def record_text(record: Record, *, indent: int = 1, sort_keys: bool = False) -> str:
    """Return a record as the text of its file."""
    return json_text(as_dict(record), indent=indent, sort_keys=sort_keys) + "\n"


def write_record(path: Path, record: Record, *, indent: int = 1, sort_keys: bool = False) -> None:
    """Write a record's file, whole or not at all."""
    write_text(path, record_text(record, indent=indent, sort_keys=sort_keys))


def _plain(value: object) -> object:
    if isinstance(value, Record):
        return as_dict(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _known(value: object) -> object:
    if isinstance(value, Record):
        return known(value)
    if isinstance(value, Mapping):
        return {key: _known(each) for key, each in value.items()}
    return [_known(each) for each in value] if isinstance(value, list | tuple) else value


@cache
def _reader(kind: type[Record]) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _fault(error: "ValidationError") -> str:
    """Describe the first fault: the field, what was found and what was expected."""
    first = error.errors(include_url=False)[0]
    field = f"field {visible('.'.join(map(str, first['loc'])))}" if first["loc"] else "it"
    if first["type"] == "json_invalid":
        return f"it is not JSON ({first['ctx']['error']})"
    if first["type"] == "missing":
        return f"{field} is missing"
    if first["type"] == "value_error":
        return visible(first["msg"].removeprefix("Value error, "))
    return f"{field} is {_quoted(first['input'])}, expected {first['msg'].removeprefix('Input should be ')}"


def _quoted(value: object) -> str:
    text = visible(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
