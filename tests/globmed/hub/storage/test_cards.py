"""Cards never cost more than their size."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.hub.storage import cards

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join(['*' + before] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("matter", "message"),
    [
        (BOMB, r"line 2: aliases"),
        ("[" * 100_000, r"line 1: nested deeper than 32"),
        ("a: " + "{b: " * 100_000, r"nested deeper than 32"),
        ("".join(" " * depth + "a:\n" for depth in range(500)), r"nested deeper than 32"),
        ("- " * 100_000, r"nested deeper than 32"),
        ("a: 1" + ":1" * 100_000, r"a number of 200001 digits"),
        ("a: " + "9" * 100_000, r"a number of 100000 digits"),
        ("a: [", "YAML: "),
        ("a: \x00", "YAML: "),
        ("a: !!python/object/apply:os.system [ls]", "YAML: "),
        ("- a", "must be a mapping"),
        ("a: .nan", "not JSON compliant"),
        ("x" * (cards.MAX_BYTES + 1), "larger than"),
    ],
    ids=lambda value: value[:12],
)
def test_what_is_hostile_or_damaged_is_refused_in_one_line(matter: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cards.parse(matter)


def test_an_ordinary_card_is_read_with_its_tags() -> None:
    text = (
        "---\nlicense: cc-by-4.0\nlanguage:\n- sw\n- yo\ntask_categories: [question-answering]\ntags: [medical]\n"
        f"anchor: &unused 1\nupdated: 2026-01-02\nsummary: {'a long text ' * 50}\n---\n# Card\n"
    )
    matter = cards.front_matter(text)
    assert matter is not None
    metadata = cards.parse(matter)
    assert metadata["updated"] == "2026-01-02"
    assert cards.tags(metadata) == [
        *("medical", "language:sw", "sw", "language:yo", "yo", "license:cc-by-4.0"),
        "task_categories:question-answering",
    ]
    assert cards.front_matter("# no metadata") is None
    assert cards.parse("") == {}


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ({"license": "asdf"}, '"license" must be one of'),
        ({"license": ["mit", 7]}, '"license" must be one of'),
        ({"language": ["sw", "Swahili"]}, '"language[Swahili]"'),
        ({"model-index": "foo"}, '"model-index" must be an array'),
        ({"tags": {"a": 1}}, '"tags" must be an array'),
        ({"datasets": 1}, '"datasets" must be an array'),
    ],
)
def test_values_that_the_public_hub_refuses_are_refused(metadata: cards.Metadata, fault: str) -> None:
    (found,) = cards.faults(metadata)
    assert found.startswith(fault)


def test_values_that_the_public_hub_takes_are_no_fault() -> None:
    sound = {"license": ["mit", "other"], "language": ["sw", "wol", "zh-Hans", "code"], "datasets": "a/b", "tags": None}
    assert cards.faults({**sound, "model-index": []}) == []
    assert cards.faults({}) == []


@given(st.text(alphabet="a:-[]{}&*!'\"|>#%@ \n1.~,?", max_size=60))
def test_any_text_is_a_mapping_or_a_value_error(matter: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(cards.parse(matter), dict)
