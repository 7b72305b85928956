"""Lists of options in every form are the same options."""

import json
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.sources.layouts.forms import NoOptionsError, options, structure

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=26)


@given(TEXTS, st.data())
def test_the_form_does_not_change_the_options(texts: list[str], data: st.DataObject) -> None:
    labelled = dict(zip(ascii_uppercase, texts, strict=False))
    rows = data.draw(st.permutations([{"key": name, "value": text} for name, text in labelled.items()]))
    columns = {"label": [row["key"] for row in rows], "text": [row["value"] for row in rows]}
    shuffled = {f"({row['key'].lower()})": row["value"] for row in rows}
    for form in (labelled, texts, rows, columns, shuffled):
        assert options(form) == labelled
        assert options(json.dumps(form)) == labelled
        assert options(repr(form)) == labelled


KEYS = st.sampled_from(["A", "B", "key", "value", "label", "text"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(ANYTHING)
def test_whatever_it_is_it_gives_texts_or_is_refused(value: object) -> None:
    try:
        found = options(value)
    except NoOptionsError:
        return
    assert all(isinstance(name, str) and isinstance(text, str) for name, text in found.items())


def test_null_is_absent_at_the_end_and_empty_elsewhere() -> None:
    assert options({"A": "x", "B": None, "C": "y", "D": None, "E": None}) == {"A": "x", "B": "", "C": "y"}
    assert options(["x", "y", None]) == {"A": "x", "B": "y"}


def test_numbers_are_labels() -> None:
    assert options([{"aid": 2, "atext": "y"}, {"aid": 10, "atext": "z"}, {"aid": 1, "atext": "x"}]) == {
        "1": "x",
        "2": "y",
        "10": "z",
    }


def test_texts_that_python_would_join_are_not_joined() -> None:
    text = "['Iron' 'Zinc'\n 'Copper']"
    assert structure(text) == text
    with pytest.raises(NoOptionsError):
        options(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, "an object of options"),
        ({"A": 1}, "an object of strings"),
        (["x", 1], "a list of strings"),
        ([{"key": "A"}], "a label and a text in each option"),
        ([{"key": "A", "value": "x"}, {"key": "A", "value": "y"}], "a label for each option"),
        ([{"key": None, "value": "x"}], "an object of options"),
        ("__import__('os')", "an object of options"),
        ("[__import__('os')]", "an object of options"),
    ],
)
def test_what_is_no_list_of_options_is_refused(value: object, expected: str) -> None:
    with pytest.raises(NoOptionsError, match=expected):
        options(value)
