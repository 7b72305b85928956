"""Whatever the files hold: items, rejects or a `UserError`, and never an item with a wrong answer."""

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.sources.item import Item, Outcome, Reject
from globmed.errors import UserError
from tests.builders.sources.fixtures import FIXTURES, Files, answers, parse, write

EXAMPLES = settings(max_examples=60, suppress_health_check=list(HealthCheck))

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
#: Those with more than texts.
STRUCTURED = [
    name
    for name, fixture in FIXTURES.items()
    if not all(isinstance(content, str) for content in fixture.files.values())
]


def outcomes_of(source: str, files: Files) -> list[Outcome]:
    """Return the outcomes; none at all where the files are refused."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            outcomes = parse(source, write(Path(folder), files))
        except UserError as error:
            assert "\n" not in str(error)
            return []
    assert all(isinstance(outcome, Item | Reject) for outcome in outcomes)
    return outcomes


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container and key within a value."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def structured(files: Files) -> list[tuple[Any, Any]]:
    return [place for content in files.values() if not isinstance(content, str) for place in places(content)]


@pytest.mark.parametrize("source", STRUCTURED)
@given(data=st.data())
@EXAMPLES
def test_dropped_and_retyped_fields(source: str, data: st.DataObject) -> None:
    files = FIXTURES[source].copy()
    container, key = data.draw(st.sampled_from(structured(files)))
    old = container[key]
    if isinstance(container, dict) and data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = data.draw(ANY_JSON.filter(lambda new: type(new) is not type(old)))
    found = answers(outcomes_of(source, files))
    expected = dict(FIXTURES[source].answers)
    # Without the official test's list a record may fall into another split.
    right = {(language, key.split("/", 2)[2]): text for (language, key), text in expected.items()}
    for (language, key), text in found.items():
        name = key.split("/", 2)[2]
        assert (language, name) not in right or text == right[language, name]


@pytest.mark.parametrize("source", [name for name, fixture in FIXTURES.items() if fixture.redundant])
@given(data=st.data())
@EXAMPLES
def test_swapped_fields_never_change_the_answer(source: str, data: st.DataObject) -> None:
    files = FIXTURES[source].copy()
    record = data.draw(st.sampled_from([record for content in files.values() for record in content]))
    spots = [(container, key) for container, key in places(record) if isinstance(container[key], str)]
    (one, first), (two, second) = data.draw(st.tuples(st.sampled_from(spots), st.sampled_from(spots)))
    one[first], two[second] = two[second], one[first]
    right = set(FIXTURES[source].answers.values())
    assert set(answers(outcomes_of(source, files)).values()) <= right


@pytest.mark.parametrize("source", FIXTURES)
@given(data=st.data())
@EXAMPLES
def test_any_json_for_a_file(source: str, data: st.DataObject) -> None:
    files = FIXTURES[source].copy()
    name = data.draw(st.sampled_from(sorted(files)))
    files[name] = json.dumps(data.draw(ANY_JSON))
    outcomes_of(source, files)


@pytest.mark.parametrize("source", FIXTURES)
@given(data=st.data())
@EXAMPLES
def test_damaged_bytes(source: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = write(Path(temporary), FIXTURES[source].files)
        path = data.draw(st.sampled_from(sorted(path for path in folder.rglob("*") if path.is_file())))
        content = path.read_bytes()
        at = data.draw(st.integers(0, len(content)))
        path.write_bytes(content[:at] + data.draw(st.binary(max_size=4)) + content[data.draw(st.integers(at)) :])
        try:
            outcomes = parse(source, folder)
        except UserError:
            return
    assert all(isinstance(outcome, Item | Reject) for outcome in outcomes)


@pytest.mark.parametrize("source", FIXTURES)
@given(seed=st.integers())
@settings(EXAMPLES, max_examples=10)
def test_the_order_of_the_records_changes_nothing(source: str, seed: int) -> None:
    files = FIXTURES[source].copy()
    for name, content in files.items():
        if isinstance(content, list):
            random.Random(seed).shuffle(content)  # noqa: S311 -- no secret
        elif isinstance(content, dict):
            keys = list(content)
            random.Random(seed).shuffle(keys)  # noqa: S311 -- no secret
            files[name] = {key: content[key] for key in keys}
    assert answers(outcomes_of(source, files)) == FIXTURES[source].answers
