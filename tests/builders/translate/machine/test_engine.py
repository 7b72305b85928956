"""The engine against plain Argos Translate, and the choice of the safe hypothesis."""

import polars as pl
import pytest

from builders.translate.machine.engine import (
    Engine,
    Hardware,
    Search,
    engine_identity,
    safe_translations,
)
from builders.translate.machine.lines import translate_lines
from builders.translate.packages.package import Package
from tests.builders.conftest import Argos
from tests.builders.translate.packages.toy import seeded, sentence

pytestmark = [pytest.mark.slow, pytest.mark.model]
SENTENCES = [sentence(seeded(number))[0] for number in range(60)]
HARDWARE = Hardware(threads=2)


def always(source: pl.Series, target: pl.Series) -> pl.Series:
    return pl.repeat(True, len(source), eager=True)


def never(source: pl.Series, target: pl.Series) -> pl.Series:
    return pl.repeat(False, len(source), eager=True)


def texts(engine: Engine, made: pl.DataFrame) -> list[str]:
    return [engine.text(tokens.split(" ")) for tokens in made["tokens"]]


def test_the_sentences_are_those_of_plain_argos(toy_package: Package, argos: Argos) -> None:
    engine = Engine(toy_package, Search(), HARDWARE)
    made = engine.translate(SENTENCES, always)
    assert made["sentence"].to_list() == SENTENCES
    found, _ = translate_lines(toy_package, SENTENCES, threads=1)
    assert texts(engine, made) == argos(toy_package, SENTENCES) == found
    assert made["rank"].unique().to_list() == [0]


def test_the_first_safe_hypothesis_is_taken_and_its_rank_kept(toy_package: Package) -> None:
    engine = Engine(toy_package, Search(alternatives=4), HARDWARE)
    found = engine.hypotheses(list(map(engine.tokens, SENTENCES[:5])), 4)
    said = [list(map(engine.text, each)) for each in found]
    best = said[0][0]

    def another(source: pl.Series, target: pl.Series) -> pl.Series:
        return target != best

    made = engine.translate(SENTENCES[:5], another)
    ranks = [next(rank for rank, text in enumerate(each) if text != best) for each in said]
    assert ranks[0] > 0
    assert made["rank"].to_list() == ranks
    assert made["safe"].to_list() == [True] * 5
    assert texts(engine, made) == [each[rank] for each, rank in zip(said, ranks, strict=True)]


def test_where_none_is_safe_the_best_is_kept_and_marked(toy_package: Package) -> None:
    engine = Engine(toy_package, Search(), HARDWARE)
    made = engine.translate(SENTENCES[:5], never)
    assert made["safe"].to_list() == [False] * 5
    assert made.drop("safe").equals(engine.translate(SENTENCES[:5], always).drop("safe"))


def test_no_alternatives_are_asked_for_where_none_are_wanted(toy_package: Package) -> None:
    engine = Engine(toy_package, Search(alternatives=1), HARDWARE)
    assert engine.translate(SENTENCES[:3], never)["rank"].to_list() == [0, 0, 0]


@pytest.mark.parametrize(
    ("source", "target", "safe"),
    [
        ("Take 5 mg.", "Meza 5 mg.", True),
        ("Take 5 mg.", "Meza 50 mg.", False),
        ("Write to {name}.", "Andika kwa {name}.", True),
        ("Write to {name}.", "Andika kwa jina.", False),
        ("See <b>this</b>", "Tazama <b>hii</b>", True),
        ("See <b>this</b>", "Tazama <b>hii", False),
        ("", "", True),
    ],
)
def test_what_is_safe(toy_package: Package, source: str, target: str, safe: bool) -> None:
    assert safe_translations(toy_package)(pl.Series([source]), pl.Series([target])).to_list() == [safe]


def test_the_identity_is_that_of_all_that_decides_the_text(toy_package: Package) -> None:
    same = engine_identity(toy_package, Search(), HARDWARE)
    assert engine_identity(toy_package, Search(), Hardware(threads=7, batch_tokens=64)) == same
    assert engine_identity(toy_package, Search(beam=1), HARDWARE) != same
    assert engine_identity(toy_package, Search(), Hardware(compute_type="int8")) != same
