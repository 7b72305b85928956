"""The challenge set: what its entries have to be, and what the signals find of it and may not lose."""

from operator import lt

import polars as pl
import pytest

from benchmarks.checks.challenge import FOLDER, judge, read_challenge, shares, wrong
from benchmarks.corpus.corpora import PARALLEL, pairs
from globmed.errors import UserError
from globmed.languages import ENGLISH, language

LANGUAGES = sorted(file.stem for file in FOLDER.glob("*.toml"))
#: By kind of fault, the shares over all languages that have a reason and that are critical; raise them.
FLOORS = {
    "comparison": (1.0, 1.0),
    "cut": (0.81, 0.0),
    "direction": (1.0, 1.0),
    "dose_order": (1.0, 1.0),
    "dose_swap": (1.0, 1.0),
    "drug": (1.0, 1.0),
    "fold_percent": (1.0, 1.0),
    "frequency": (1.0, 1.0),
    "half_untranslated": (1.0, 0.18),
    "indication": (1.0, 1.0),
    "month": (1.0, 1.0),
    "negation_added": (1.0, 0.0),
    "negation_dropped": (1.0, 0.0),
    "number_word": (1.0, 1.0),
    "pressure": (1.0, 1.0),
    "range_end": (1.0, 1.0),
    "rate_lost": (1.0, 1.0),
    "route": (1.0, 1.0),
    "sex": (1.0, 1.0),
    "side": (1.0, 1.0),
    "tail": (0.95, 0.0),
    "time_of_day": (1.0, 1.0),
    "transposed": (1.0, 1.0),
    "unit": (1.0, 1.0),
}
#: Good translations that are critical, at most; lower it with the signals.
FALSE = {
    "chinese": 0,
    "french": 0,
    "german": 0,
    "japanese": 0,
    "korean": 0,
    "portuguese": 0,
    "spanish": 0,
    "swahili": 0,
    "wolof": 0,
    "yoruba": 0,
    "zulu": 0,
}


@pytest.fixture(scope="module")
def judged() -> pl.DataFrame:
    return pl.concat([judge(read_challenge(language(name)), language(name)) for name in LANGUAGES])


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_language_has_pairs_of_every_kind_and_none_twice(name: str) -> None:
    entries = read_challenge(language(name))
    paired = entries.drop_nulls("bad")
    assert paired.height >= 60
    assert set(paired["kind"]) == set(FLOORS)
    assert entries.filter(pl.col("bad").is_null() & pl.col("kind").is_in(list(FLOORS))).is_empty()
    assert paired.filter(pl.col("bad") == pl.col("good")).is_empty()
    assert not entries.select("source", "good").is_duplicated().any()
    texts = entries.select("source", "good", "bad").unpivot()["value"].drop_nulls()
    assert (texts == texts.str.strip_chars().str.normalize("NFC")).all()


@pytest.mark.skipif(not PARALLEL.is_dir(), reason=f"no {PARALLEL}")
@pytest.mark.parametrize("name", LANGUAGES)
def test_no_text_is_that_of_a_corpus(name: str) -> None:
    corpus, entries = pairs(language(name)), read_challenge(language(name))
    assert set(corpus["source"]).isdisjoint(entries["source"])
    assert set(corpus["target"]).isdisjoint(entries["good"])


def test_every_language_with_entries_has_its_limit() -> None:
    assert sorted(FALSE) == LANGUAGES


def test_the_signals_find_what_they_found(judged: pl.DataFrame) -> None:
    found = judged.drop_nulls("bad").group_by("kind")
    shares_found = found.agg((pl.col("bad_reasons").list.len() > 0).mean(), pl.col("bad_critical").mean())
    lost = {kind: each for kind, *each in shares_found.iter_rows() if any(map(lt, each, FLOORS[kind]))}
    assert lost == {}


def test_good_translations_are_critical_no_more_often_than_they_were(judged: pl.DataFrame) -> None:
    critical = judged.group_by("language").agg(pl.col("good_critical").sum())
    assert {name: count for name, count in critical.iter_rows() if count > FALSE[name]} == {}


def test_a_reason_that_the_good_translation_has_is_no_finding() -> None:
    fields = {"language": "german", "kind": "unit", "source": "Take 5 mg daily for a week after the operation."}
    right, odd = "Nehmen Sie nach der Operation eine Woche lang täglich 5 mg ein.", "Nehmen Sie täglich 7 mg ein."
    entries = pl.DataFrame(
        [
            {**fields, "good": right, "bad": right.replace("mg", "g")},
            {**fields, "good": odd, "bad": odd},
            {**fields, "good": right, "bad": None},
        ]
    )
    judged = judge(entries, language("german"))
    assert judged["bad_critical"].to_list() == [True, False, False]
    assert judged["good_critical"].to_list() == [False, True, False]
    assert shares(judged).select("pairs", "bad_critical", "good").row(0) == (2, 0.5, 3)
    assert wrong(judged)["fault"].to_list() == ["missed", "critical"]


def test_a_language_without_entries_is_told_where_they_go() -> None:
    with pytest.raises(UserError, match=r"english\.toml is missing"):
        read_challenge(language(ENGLISH))
