"""Options have to stay as many, distinct and in their places."""

import polars as pl
import pytest

from globmed.languages import language
from validation.signals.rows.options import options

FRENCH = language("fr")


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
