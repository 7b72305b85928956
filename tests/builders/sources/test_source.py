import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.sources import SOURCES, source, sources_in
from builders.sources.source import bucket, cleaned, content_id, hashed_split, letter, lettered, stable_id
from globmed.errors import UserError
from globmed.languages import language
from globmed.schema import ORIGINS, TASKS


def test_descriptors_are_whole() -> None:
    for name, entry in SOURCES.items():
        assert name == entry.name
        assert entry.task in TASKS
        assert entry.citation.startswith("@")
        assert "\n" not in entry.publish_reason
        assert entry.upstream.startswith("https://") or entry.upstream.count("/") == 1
        for tag, text in entry.languages.items():
            assert language(tag).tag == tag
            assert text.origin in ORIGINS
            assert (text.engine is None) == (text.origin == "original")


def test_only_sources_with_a_licence_that_allows_it_are_published() -> None:
    for entry in SOURCES.values():
        allowed = entry.licence in {"MIT", "Apache-2.0", "CC-BY-4.0", "CC0-1.0"}
        assert allowed == (entry.publish == "public"), entry.name


def test_unknown_sources_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown source 'medqqa'; known: afrimedqa, casimedicos, "):
        source("medqqa")
    with pytest.raises(UserError, match="contains no source, expected sub-folders of afrimedqa, casimedicos, "):
        sources_in(tmp_path)
    with pytest.raises(UserError, match="is not a folder"):
        sources_in(tmp_path / "absent")
    (tmp_path / "expertqa").mkdir()
    assert [entry.name for entry in sources_in(tmp_path)] == ["expertqa_med", "expertqa_bio"]


@given(st.text())
def test_ids_hold_harmless_characters_alone_and_stay_distinct(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._/%-]*", stable_id(text))
    assert unquote(stable_id(text)) == text.strip()


def test_ids_of_half_characters() -> None:
    assert stable_id("a\ud800") == "a%ED%A0%80"


def test_content_ids_do_not_change() -> None:
    assert content_id("Which is a bone?", "Femur", "Spleen") == "7afc7adc6723a8d0"
    assert content_id(" Which is\na bone? ", "Femur", "Spleen") == "7afc7adc6723a8d0"
    assert content_id("Which is a bone?", "Spleen", "Femur") != "7afc7adc6723a8d0"
    assert content_id("cafe\u0301") == content_id("caf\u00e9")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_buckets_are_the_same_in_sql(key: str) -> None:
    query = "SELECT ('0x' || substr(sha256('v1:' || $key), 1, 15))::BIGINT % 10000"
    assert duckdb.execute(query, {"key": key}).fetchall() == [(bucket(key),)]


def test_hashed_splits_have_their_shares() -> None:
    splits = [hashed_split("x", str(number), train=80, validation=10) for number in range(5000)]
    assert 0.78 < splits.count("train") / 5000 < 0.82
    assert 0.08 < splits.count("validation") / 5000 < 0.12
    assert 0.08 < splits.count("test") / 5000 < 0.12


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (None, None),
        (" \t\n", None),
        ("\0", None),
        (" 5\0mg ", "5 mg"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("a\x85b\x1bc", "a b c"),
        ("µg ≥ 3", "µg ≥ 3"),
    ],
)
def test_cleaned(text: str | None, clean: str | None) -> None:
    assert cleaned(text) == clean


def test_letters() -> None:
    assert [letter(number) for number in (-1, 0, 25, 26)] == [None, "A", "Z", None]
    assert [option.label for option in lettered(["x"] * 27)][-2:] == ["Z", "?"]


@pytest.mark.parametrize("wrong", ["../medqa", "/etc", "med qa", "Medqa", "", "medqa\n", "a|b", "<b>"])
def test_a_name_or_folder_that_leads_elsewhere_is_refused(wrong: str) -> None:
    for made in (partial(replace, SOURCES["medqa"], name=wrong), partial(replace, SOURCES["medqa"], folder=wrong)):
        with pytest.raises(UserError, match="expected a-z, 0-9 and _") as caught:
            made()
        assert str(caught.value).isprintable()
