"""Whether options that changed places are found, and how far a shared beginning and a usual length count."""

from dataclasses import replace
from math import exp, log

import polars as pl
import pytest

from globmed.languages import Language, language
from validation.signals.rows.order import FARTHEST, FAULT_ABOVE, LENGTH, LIKELY_ABOVE, SHORT, order_gain
from validation.signals.sizes import usual

FRENCH = language("fr")
#: A language whose usual lengths are not known.
UNLISTED = replace(FRENCH, name="unlisted")
ENGLISH_DRUGS = ["Amoxicillin 500 mg", "Metformin", "Rest in bed for two weeks", "Insulin"]
TRANSLATED = {
    "fr": ["Amoxicilline 500 mg", "Metformine", "Repos au lit pendant deux semaines", "Insuline"],
    "zu": ["I-amoxicillin 500 mg", "I-metformin", "Phumula embhedeni amasonto amabili", "I-insulin"],
    "ko": ["아목시실린 500 mg", "메트포르민", "이 주 동안 침대에서 안정", "인슐린"],
}


def _options(texts: list[str]) -> pl.Series:
    return pl.Series([[{"label": label, "text": text} for label, text in zip("ABCDE", texts, strict=False)]])


def _gain(source: list[str], target: list[str], tag: str | Language) -> float | None:
    into = tag if isinstance(tag, Language) else language(tag)
    gain: float | None = order_gain(_options(source), _options(target), into).item()
    return gain


@pytest.mark.parametrize("tag", TRANSLATED)
def test_options_in_their_places_gain_nothing_by_another_order(tag: str) -> None:
    gain = _gain(ENGLISH_DRUGS, TRANSLATED[tag], tag)
    assert gain is not None
    assert gain < LIKELY_ABOVE


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("order", [[3, 2, 1, 0], [1, 0, 2, 3], [1, 2, 3, 0]])
def test_options_out_of_their_places_are_found(tag: str, order: list[int]) -> None:
    gain = _gain(ENGLISH_DRUGS, [TRANSLATED[tag][place] for place in order], tag)
    assert gain is not None
    assert gain > (LIKELY_ABOVE if tag == "ko" else FAULT_ABOVE)


def test_marks_of_numbers_do_not_count() -> None:
    wanted = ["1,000 mg", "36.5 mg", "2,000 mg"]
    same = _gain(wanted, ["1.000 mg", "36,5 mg", "2.000 mg"], "de")
    swapped = _gain(wanted, ["36,5 mg", "1.000 mg", "2.000 mg"], "de")
    assert same is not None and swapped is not None
    assert same < 0 < FAULT_ABOVE < swapped


def test_one_option_or_another_number_of_them_has_no_order() -> None:
    assert _gain(["Yes"], ["Oui"], "fr") is None
    assert _gain(["Yes", "No"], ["Oui"], "fr") is None
    none = pl.Series([None], dtype=pl.List(pl.Struct({"label": pl.String, "text": pl.String})))
    assert order_gain(none, none, FRENCH).to_list() == [None]


def _words(length: int) -> str:
    """Return a text of so many characters with nothing that could be shared."""
    return ("ab " * length)[:length]


@pytest.mark.parametrize(("short", "long", "off"), [(10, 40, log(42 / 12)), (8, 800, FARTHEST)])
@pytest.mark.parametrize("tag", ["fr", "zh", "sw"])
def test_options_that_share_nothing_are_told_by_their_usual_lengths(
    short: int, long: int, off: float, tag: str
) -> None:
    known = usual(language(tag))
    assert known is not None
    usually = [_words(round((length + SHORT) * exp(known["mean"])) - SHORT) for length in (short, long)]
    gain = _gain([_words(short), _words(long)], usually, tag)
    assert gain == pytest.approx(-2 * LENGTH * off, abs=0.2)
    assert _gain([_words(short), _words(long)], usually, UNLISTED) == 0


@pytest.mark.parametrize(
    ("target", "gain"),
    [
        (["metformin", "metoprolol"], -2),  # they begin alike, and are two drugs
        (["metformine", "metropolol"], -1),
        (["metopronol", "metforminum"], 2),
        (["metformin forte", "metoprolol"], -1 - 2 / 3),
        (["no", "na"], 0),
    ],
)
def test_the_share_of_common_beginnings_counts(target: list[str], gain: float) -> None:
    assert _gain(["metformin", "metoprolol"], target, UNLISTED) == pytest.approx(gain)
