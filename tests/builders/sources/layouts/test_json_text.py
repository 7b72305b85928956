"""JSON in the layouts that publishers and tools write."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.sources.layouts.json_text import NotJSONError, read_document, read_values

Records = Sequence[dict[str, Any]]
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
RECORDS = st.lists(st.dictionaries(st.text(max_size=4), VALUES | st.lists(VALUES, max_size=2), max_size=3), max_size=5)
LAYOUTS: dict[str, Callable[[Records], str]] = {
    "lines": lambda records: "".join(json.dumps(record) + "\n" for record in records),
    "lines, not escaped": lambda records: "\n".join(json.dumps(record, ensure_ascii=False) for record in records),
    "CRLF": lambda records: "\r\n".join(map(json.dumps, records)),
    "CR": lambda records: "\r".join(map(json.dumps, records)),
    "blank lines": lambda records: "\n \n" + "\n\n\t\n".join(map(json.dumps, records)) + "\n\n",
    "marks": lambda records: "".join(f"\ufeff{json.dumps(record)}\n" for record in records),
    "concatenated": lambda records: "".join(map(json.dumps, records)),
    "pretty": lambda records: "\n".join(json.dumps(record, indent=2) for record in records),
    "array": lambda records: json.dumps(list(records)),
    "pretty array": lambda records: "\n" + json.dumps(list(records), indent=4) + "\n",
    "array of lines": lambda records: "[\n" + ",\n".join(map(json.dumps, records)) + "\n]\n",
    "sequence": lambda records: "".join(f"\x1e{json.dumps(record)}\n" for record in records),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@given(records=RECORDS)
def test_every_layout_gives_the_same_records(layout: Callable[[Records], str], records: Records) -> None:
    assert [value for _, value in read_values(layout(records))] == records


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@given(records=RECORDS.filter(bool), cut=st.integers(0))
def test_a_text_that_was_cut_gives_the_first_records_or_an_error(
    layout: Callable[[Records], str], records: Records, cut: int
) -> None:
    text = layout(records)
    found: list[object] = []
    with suppress(NotJSONError):
        found.extend(value for _, value in read_values(text[: cut % len(text)]))
    assert found == list(records)[: len(found)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('{"a": 1}\n\n{"a": 2}', ["line 1", "line 3"]),
        ('{\n"a": 1\n}\n{"a": 2}{}', ["line 1", "line 4", "line 4"]),
        ('[{"a": 1},\n{"a": 2}]', ["record 1", "record 2"]),
        ("[]", []),
        ("", []),
        ("[1]", ["line 1"]),
        ("1\n2", ["line 1", "line 2"]),
    ],
)
def test_a_value_says_where_it_is(text: str, places: list[str]) -> None:
    assert [place for place, _ in read_values(text)] == places


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"a": 1}\n{"a": "Cut', 2, "cut off?"),
        ('{"a": 1}\n{"a": 2,\n', 2, "cut off?"),
        ('{"a": 1}\n{"a": 2\n{"a": 3}', 2, "Expecting ',' delimiter"),
        ('{"a": 1},\n{"a": 2}', 1, "Expecting value"),
        ("{'a': 1}", 1, "Expecting property name"),
        ('[{"a": 1},\n{"a": 2}', 2, "after a record, cut off?"),
        ('[{"a": 1},\n{"a": 2},', 2, "cut off?"),
        ('[{"a": 1},\n{"a": 2},]', 2, "Expecting value"),
        ('[{"a": 1}\n{"a": 2}]', 2, "expected ',' or ']' after a record"),
        ('[{"a": 1}]\n{"a": 2}', 1, "found more behind it"),
        ('{"a": 1}\n{"a": NaN}', 2, "NaN is no JSON"),
        ('[{"a": 1, "a": 2}]', 1, "the same key twice"),
        ('{"a": 1e999}', 1, "too large"),
        ("[" * 100_000, 1, "recursion"),
    ],
)
def test_an_error_names_the_line_and_is_true(text: str, line: int, problem: str) -> None:
    with pytest.raises(NotJSONError) as caught:
        list(read_values(text))
    assert caught.value.line == line
    assert problem in str(caught.value)
    assert ("cut off?" in str(caught.value)) == ("cut off?" in problem)


def test_a_document_is_one_value() -> None:
    assert read_document('\ufeff {"a": 1}\n') == {"a": 1}
    with pytest.raises(NotJSONError, match="found more behind it"):
        read_document('{"a": 1}\n{"a": 2}')
    with pytest.raises(NotJSONError, match="cut off"):
        read_document('{"a": {"b": 1}')
