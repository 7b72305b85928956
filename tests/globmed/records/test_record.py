"""Records: what is written is read again, whatever else is in the file, and a damaged file is named."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.errors import UserError
from globmed.records.manifest import FileEntry, Manifest
from globmed.records.record import OMITTED, Record, as_dict, changed, known, read_file, read_record, write_record

FILE: dict[str, Any] = {"sha256": "0" * 64, "size": 3, "rows": 1}
WHOLE: dict[str, Any] = {"version": "1.2.3", "configs": {"english": {"train": 1}}, "files": {"data/x.parquet": FILE}}


@dataclass(frozen=True)
class Part(Record):
    count: int
    share: float = 0.0


@dataclass(frozen=True)
class Whole(Record):
    name: str
    parts: Mapping[str, Part]
    note: str | None = None
    draft: str | None = field(default=None, metadata=OMITTED)


def read(content: object) -> Whole:
    return read_record(Whole, json.dumps(content), "whole.json", "write it again")


@given(st.text(), st.dictionaries(st.text(), st.integers(-(2**62), 2**62)), st.none() | st.text())
def test_a_record_is_read_as_it_was_written(name: str, counts: dict[str, int], draft: str | None) -> None:
    record = Whole(name, {key: Part(count) for key, count in counts.items()}, draft=draft)
    written = as_dict(record)
    assert list(written) == ["name", "parts", "note", *(["draft"] if draft is not None else [])]
    assert read(written) == record
    assert as_dict(read(written)) == written


def test_unknown_fields_of_a_newer_version_are_kept_and_can_be_dropped() -> None:
    newer = {"name": "a", "parts": {"one": {"count": 1, "share": 0.5, "later": [1]}}, "note": None, "later": {"x": 2}}
    record = read(newer)
    assert as_dict(record) == newer
    assert as_dict(changed(record, name="b")) == {**newer, "name": "b"}
    assert as_dict(known(record)) == {"name": "a", "parts": {"one": {"count": 1, "share": 0.5}}, "note": None}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[1", r"it is not JSON \(EOF while parsing a list at line 1 column 2\)"),
        ("", r"it is not JSON \(EOF"),
        ("[]", r"it is \[\], expected an object"),
        ('{"parts": {}}', "field name is missing"),
        ('{"name": 3, "parts": {}}', "field name is 3, expected a valid string"),
        ('{"name": "a", "parts": {"x": {"count": "3"}}}', 'field parts.x.count is "3", expected a valid integer'),
        ('{"name": "a", "parts": {"x": {"count": true}}}', "field parts.x.count is true, expected a valid integer"),
        ('{"name": "a", "parts": [1]}', r"field parts is \[1\], expected an object"),
        ('{"name": "a", "parts": {"x\\u202e\\n": 1}}', "field parts.x is 1, expected an object"),
        (f'{{"name": ["{"x" * 200}"], "parts": {{}}}}', r'field name is \["x{58}…, expected a valid string'),
    ],
)
def test_a_damaged_record_is_one_line_with_field_found_and_expected(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "whole.json"
    path.write_text(content, "utf-8")
    with pytest.raises(UserError, match=rf"^{path}: {fault}.*; write it again$") as error:
        read_file(Whole, path, "write it again")
    assert "\n" not in str(error.value)


def test_a_file_that_is_absent_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^.*/none\.json: No such file or directory; write it again$"):
        read_file(Whole, tmp_path / "none.json", "write it again")
    (tmp_path / "bytes").write_bytes(b'{"name": "\xff"}')
    with pytest.raises(UserError, match=r"^the manifest: byte 10 is not UTF-8, expected JSON; write it again$"):
        read_file(Whole, tmp_path / "bytes", "write it again", "the manifest")


def test_a_failed_write_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "whole.json"
    write_record(path, Whole("a", {}))
    before = path.read_bytes()
    with pytest.raises(RecursionError):
        write_record(path, Whole("b", {"x": _endless()}))
    assert path.read_bytes() == before


def _endless() -> Any:
    endless: list[Any] = []
    endless.append(endless)
    return endless


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        ({"version": "main"}, r"^manifest\.json: version 'main': expected MAJOR\.MINOR\.PATCH.*; name another$"),
        ({"files": {"../x": FILE}}, r"the file '\.\./x' is not below its folder, expected a relative path"),
        ({"files": {"/x": FILE}}, "the file '/x' is not below its folder"),
        ({"files": {"a\\b": FILE}}, "is not below its folder"),
        ({"configs": {"a/b": {}}}, "the config 'a/b' is not a name"),
        ({"files": {"x": {"size": 1}}}, r"field files\.x\.sha256 is missing"),
    ],
)
def test_a_manifest_that_leads_elsewhere_is_refused(edit: dict[str, Any], fault: str) -> None:
    assert read_record(Manifest, json.dumps(WHOLE), "m", "s").files["data/x.parquet"] == FileEntry(**FILE)
    with pytest.raises(UserError, match=fault):
        read_record(Manifest, json.dumps(WHOLE | edit), "manifest.json", "name another")
