"""Near-duplicates are those pairs whose shingles agree, and no others."""

import os
import subprocess
import sys
from collections.abc import Mapping

import polars as pl
import pytest

from globmed.languages import language
from validation.facts.near_duplicates import THRESHOLD, near_duplicates

VIGNETTE = (
    "A man of 54 years has had a dry cough for three weeks and has lost some weight without trying to. He has never "
    "smoked, works in a bakery and takes no medicines. His temperature is 37.2 °C and his chest sounds clear. "
    "Which investigation should be arranged first?"
)
REWORDED = VIGNETTE.replace("three weeks", "nine weeks").replace("bakery", "sawmill")
OTHER = (
    "A woman of 31 years has swollen ankles and a headache in the last month of her first pregnancy. Her blood "
    "pressure is 152/98 mmHg and there is protein in her urine. Which investigation should be arranged first?"
)
CHINESE = "一名五十四岁的男子干咳三周，体重不明原因下降。他从不吸烟，在面包店工作，没有服药。首先应安排哪项检查？"


def found(
    texts: Mapping[str, str | None], tag: str = "en", threshold: float = THRESHOLD
) -> list[tuple[str, str, float]]:
    frame = pl.DataFrame({"id": list(texts), "text": list(texts.values())}, schema={"id": pl.String, "text": pl.String})
    return near_duplicates(frame, language(tag), threshold).rows()


def jaccard(one: str, other: str, size: int) -> float:
    first, second = ({text[i : i + size] for i in range(len(text) - size + 1)} for text in (one, other))
    return len(first & second) / len(first | second)


def test_a_reworded_text_is_found_with_its_true_similarity() -> None:
    similarity = jaccard(VIGNETTE.lower(), REWORDED.lower(), 13)
    ((first, second, measured),) = found({"b": VIGNETTE, "a": REWORDED, "c": OTHER})
    assert (first, second) == ("a", "b")
    assert measured == pytest.approx(similarity)


def test_a_pair_below_the_threshold_is_not_reported() -> None:
    similarity = jaccard(VIGNETTE.lower(), REWORDED.lower(), 13)
    assert found({"a": VIGNETTE, "b": REWORDED}, threshold=similarity)
    assert found({"a": VIGNETTE, "b": REWORDED}, threshold=similarity + 0.001) == []


@pytest.mark.parametrize(("tag", "size"), [("zh", 5), ("ja", 5), ("ko", 7), ("sw", 13)])
def test_a_shingle_is_as_long_as_the_script_wants(tag: str, size: int) -> None:
    edited = CHINESE.replace("面包店", "锯木厂")
    assert found({"a": CHINESE, "b": edited}, tag, threshold=0.01)[0][2] == pytest.approx(
        jaccard(CHINESE, edited, size)
    )


def test_the_pairs_of_some_texts_are_those_among_all_that_have_one_of_them() -> None:
    texts = {"a": VIGNETTE, "b": REWORDED, "c": OTHER, "d": OTHER, "e": OTHER.replace("31", "33"), "f": "cold"}
    frame = pl.DataFrame({"id": list(texts), "text": list(texts.values())})
    every = near_duplicates(frame, language("en"))
    assert every.height == 4
    for of in (["b"], ["c"], ["e", "a"], ["f"], ["d", "e"], []):
        ids = pl.Series(of, dtype=pl.String)
        expected = every.filter(pl.any_horizontal(pl.col("id_a", "id_b").is_in(ids.implode())))
        assert near_duplicates(frame, language("en"), of=ids).equals(expected)


def test_case_white_space_and_width_do_not_tell_texts_apart() -> None:
    assert found({"a": VIGNETTE, "b": f" {VIGNETTE.upper()}\n".replace(" ", "  ")}) == [("a", "b", 1.0)]
    assert found({"a": "ＭＲＩ　ｓｃａｎ", "b": "mri scan"}) == [("a", "b", 1.0)]


def test_short_texts_are_compared_exactly() -> None:
    assert found({"a": "Aspirin", "b": "aspirin", "c": "Aspirine", "d": "Heparin"}) == [("a", "b", 1.0)]


def test_every_two_of_equal_texts_are_a_pair() -> None:
    pairs = found({"c": VIGNETTE, "a": VIGNETTE, "b": VIGNETTE, "d": REWORDED})
    assert [pair[:2] for pair in pairs] == [(*"ab",), (*"ac",), (*"ad",), (*"bc",), (*"bd",), (*"cd",)]


@pytest.mark.parametrize(
    "texts", [{}, {"a": VIGNETTE}, {"a": "", "b": " "}, {"a": None, "b": None}, {"a": "x", "b": "y"}]
)
def test_nothing_alike_is_no_pair(texts: dict[str, str | None]) -> None:
    assert found(texts) == []


def test_other_rows_their_order_and_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"a": VIGNETTE, "b": REWORDED, "c": OTHER, "d": OTHER.replace("31", "33"), "e": VIGNETTE}
    expected = found(texts)
    assert found(dict(reversed(texts.items()))) == expected
    assert [pair for pair in expected if pair[:2] == ("c", "d")] == found({"c": texts["c"], "d": texts["d"]})
    monkeypatch.setattr("validation.facts.near_duplicates.CHARACTERS_A_BATCH", 100)
    monkeypatch.setattr("validation.facts.near_duplicates.PAIRS_A_BATCH", 2)
    assert found(texts) == expected


def test_threads_and_the_hash_seed_change_nothing() -> None:
    program = f"""
import polars as pl
from globmed.languages import language
from validation.facts.near_duplicates import THRESHOLD, near_duplicates
words = {VIGNETTE!r}.split()
texts = [" ".join(words[place % 9 :] + [str(place // 3)]) for place in range(40)]
frame = pl.DataFrame({{"id": [str(place) for place in range(40)], "text": texts}})
print(near_duplicates(frame, language("en")).write_csv())
"""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": threads, "RAYON_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "3"))
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].count("\n") > 100
