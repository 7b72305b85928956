"""Options have to stay as many, distinct and in their places."""

import polars as pl
import pytest

from globmed.languages import language
from validation.signals.rows.options import options
from validation.signals.rows.order import FAULT_ABOVE, LIKELY_ABOVE, order_gain

FRENCH = language("fr")
ENGLISH_DRUGS = ["Amoxicillin 500 mg", "Metformin", "Rest in bed for two weeks", "Insulin"]
TRANSLATED = {
    "fr": ["Amoxicilline 500 mg", "Metformine", "Repos au lit pendant deux semaines", "Insuline"],
    "zu": ["I-amoxicillin 500 mg", "I-metformin", "Phumula embhedeni amasonto amabili", "I-insulin"],
    "ko": ["아목시실린 500 mg", "메트포르민", "이 주 동안 침대에서 안정", "인슐린"],
}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ([("A", "Paludisme"), ("B", "Grippe"), ("C", "Rougeole")], None),
        ([("A", "Paludisme"), ("B", "Grippe")], "options_count"),
        ([("B", "Paludisme"), ("A", "Grippe"), ("C", "Rougeole")], "options_labels"),
        ([("A", "Paludisme"), ("B", "Grippe"), ("C", "grippe.")], "options_merged"),
        ([("A", "Paludisme"), ("B", "Grippe"), ("C", " ")], "options_empty"),
        ([("A", "Measles"), ("B", "Influenza"), ("C", "Malaria")], "options_order"),
    ],
)
def test_options(target: list[tuple[str, str]], reason: str | None) -> None:
    source = [("A", "Malaria"), ("B", "Influenza"), ("C", "Measles")]
    found = options(_options(source), _options(target), FRENCH)
    assert found["critical"].item() == (reason is not None)
    assert (reason is None) or reason in found["reasons"].to_list()[0]


def test_equal_options_of_the_source_may_stay_equal() -> None:
    source, target = [("A", "None"), ("B", "none")], [("A", "Aucune"), ("B", "aucune")]
    assert not options(_options(source), _options(target), FRENCH)["critical"].item()


def test_a_row_without_options_has_no_fault() -> None:
    nothing = _options([("A", "Malaria")]).clear(1)
    assert options(nothing, nothing, FRENCH).row(0) == (False, [])


def _options(pairs: list[tuple[str, str]]) -> pl.Series:
    return pl.Series([[{"label": label, "text": text} for label, text in pairs]])


def _gain(source: list[str], target: list[str], tag: str) -> float | None:
    before, after = (_options(list(zip("ABCDE", texts, strict=False))) for texts in (source, target))
    gain: float | None = order_gain(before, after, language(tag)).item()
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
