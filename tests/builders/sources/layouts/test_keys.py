"""From which number a file counts."""

from collections.abc import Iterator, Sequence

import pytest

from builders.sources.layouts.keys import Evidence, first_number
from builders.sources.reading import Record
from globmed.errors import UserError


def records(file: str, keys: Sequence[int], stated: int | None = None, *, named: bool = False) -> Iterator[Record]:
    """Records with keys; explanations state the letter of each, counted from ``stated``."""
    for number, key in enumerate(keys, 1):
        letter = "ABCD"[key - stated] if stated is not None else ""
        names = {"cop": ("a", "b", "c", "d")} if named else {}
        yield Record({"cop": key, "exp": f"Ans. is '{letter}'"}, file, f"line {number}", names=names)


def of(file: str, keys: Sequence[int], stated: int | None = None, *, named: bool = False) -> Evidence:
    return Evidence.of(file, records(file, keys, stated, named=named), "cop", "exp")


@pytest.mark.parametrize("space", [" ", "\x1c", "\u3000"])
def test_white_space_around_a_key_does_not_count(space: str) -> None:
    records = [Record({"cop": f"{space}{key}{space}"}, "dev.csv", f"line {key}", typed=False) for key in (1, 4)]
    assert Evidence.of("dev.csv", records, "cop", "exp").counts == {1: 1, 4: 1}


@pytest.mark.parametrize(
    ("evidence", "first"),
    [
        (of("dev.json", [1, 2, 4]), 1),
        (of("dev.json", [1, 2, 3]), 1),
        (of("dev.json", [0, 1, 2, 3] * 10), 0),
        (of("dev.json", [0, 1, 3], named=True), 0),
        (of("dev.json", [0, 1, 3], stated=0), 0),
        (of("dev.json", [1, 2, 3], stated=0), 0),
        (of("dev.json", [1, 2, 3], stated=1), 1),
        (of("dev.parquet", [0, 2]), 0),
        (of("dev.parquet", [1, 2], named=True), 0),
        (of("dev.parquet", [1, 4]), 1),
        (of("test.jsonl", [-1, -1]), 0),
    ],
)
def test_what_a_file_counts_from(evidence: Evidence, first: int) -> None:
    assert first_number(evidence.file, [evidence], 4) == first


def test_a_file_without_a_zero_counts_as_its_sisters_do() -> None:
    sisters = [of("train.jsonl", [0, 1, 2, 3] * 10), of("dev.jsonl", [1, 2, 3])]
    assert first_number("dev.jsonl", sisters, 4) == 0
    assert first_number("dev.jsonl", sisters[1:], 4) == 1


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (of("dev.json", [3, 0]), "dev.json: line 2: field 'cop' is 0, expected 1 to 4"),
        (of("dev.json", [4, 0] * 30), "is 0, and elsewhere 4, expected 1 to 4"),
        (of("dev.parquet", [1, 3]), "field 'cop' is 1, 3 in its 2 records, which may count from 0 or from 1"),
        (of("dev.json", [1, 2, 3, 4], stated=1), None),
        (Evidence.of("dev.json", records("dev.json", [2, 3, 2, 4], stated=None), "cop", "exp"), None),
        (of("dev.parquet", [1, 2, 3], stated=1, named=True), "the explanations of 3 of 3 records state another letter"),
    ],
)
def test_a_file_that_does_not_tell_is_refused(evidence: Evidence, message: str | None) -> None:
    if message is None:
        assert first_number(evidence.file, [evidence], 4) == 1
        return
    with pytest.raises(UserError) as caught:
        first_number(evidence.file, [evidence], 4)
    assert message in str(caught.value)
