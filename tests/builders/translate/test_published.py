"""Translations that others published, as a translation memory. All texts are written for these tests."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.translate.memory import MemoryReport, build_memory, memory_files
from builders.translate.published import (
    ALONE,
    OTHER_FILE,
    OTHER_RECORD,
    contents,
    published_files,
    read_published,
    repository,
)
from builders.translate.segments import with_keys
from builders.translate.translations import remembered_translations
from globmed.errors import UserError
from globmed.languages import language

COMMIT = "0123456789abcdef0123456789abcdef01234567"
Json = Mapping[str, Any]


def question(text: str, *options: str, answer: str = "A", **more: object) -> dict[str, object]:
    labels = dict(zip("ABCDE", options, strict=False))
    return {"question": text, "options": labels, "answer_idx": answer, "answer": labels[answer], **more}


ENGLISH = [
    question("Which vitamin prevents scurvy?", "Vitamin C", "Vitamin D"),
    question("Which organ makes bile?", "Spleen", "Liver", answer="B"),
]
SWAHILI = [
    question("Ni vitamini gani huzuia kiseyeye?", "Vitamini C", "Vitamini D"),
    question("Ni kiungo gani hutengeneza nyongo?", "Bandama", "Ini", answer="B"),
]


def publish(root: Path, **languages: Sequence[Json]) -> Path:
    for code, records in languages.items():
        path = root / code / "train.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    return root


def read(root: Path, code: str = "sw") -> dict[str, list[str]]:
    """Return the English texts that have a translation, by the reason why others have none."""
    (file,) = (each for each in published_files(root) if each.code == code)
    found: dict[str, list[str]] = {}
    for record in read_published(file):
        found.setdefault(record.problem, []).extend(source for source, _ in record.pairs)
    return found


def memory(folder: Path, out: Path) -> tuple[pl.DataFrame, MemoryReport]:
    report = build_memory(memory_files([folder]), out)
    return pl.read_parquet(out), report


def test_a_published_repository_is_a_memory_of_machine_translations(tmp_path: Path) -> None:
    publish(tmp_path / "GlobMed_MedQA", en=ENGLISH, sw=SWAHILI, ar=ENGLISH)
    found, report = memory(tmp_path, tmp_path / "memory.parquet")
    assert dict(found.select("source", "text").iter_rows())["Which organ makes bile?"].startswith("Ni kiungo")
    assert set(found["origin"]) == {"machine"}
    assert set(found["file"]) == {"GlobMed_MedQA"}
    assert set(found["language"]) == {"sw"}, "Arabic is not in the list"
    assert "2 units in 2 files read, 2 used (sw 2)" in report.line()


def test_an_origin_for_tmx_files_does_not_make_published_texts_human(tmp_path: Path) -> None:
    publish(tmp_path, en=ENGLISH, sw=SWAHILI)
    build_memory(memory_files([tmp_path]), tmp_path / "memory.parquet", "human")
    assert set(pl.read_parquet(tmp_path / "memory.parquet")["origin"]) == {"machine"}


@pytest.mark.parametrize("place", ["snapshots", "local", "nowhere"])
def test_provenance_names_the_repository_and_its_commit(tmp_path: Path, place: str) -> None:
    root = tmp_path / "datasets--someone--GlobMed_MedQA" / "snapshots" / COMMIT
    if place != "snapshots":
        root = tmp_path / "GlobMed_MedQA"
    publish(root, en=ENGLISH, sw=SWAHILI)
    if place == "local":
        kept = root / ".cache" / "huggingface" / "download" / "sw" / "train.json.metadata"
        kept.parent.mkdir(parents=True)
        kept.write_text(f"{COMMIT}\netag\n1764460000.0\n", "utf-8")
    name = "someone/GlobMed_MedQA" if place == "snapshots" else "GlobMed_MedQA"
    commit = None if place == "nowhere" else COMMIT
    assert repository(root) == (name, commit)
    found, _ = memory(root, tmp_path / "memory.parquet")
    segments = with_keys(pl.DataFrame({"text": ["Which organ  makes bile?"]}), "text")
    (made,) = remembered_translations(segments.lazy(), found.lazy(), language("swahili")).to_dicts()
    assert (made["engine"], made["package"], made["version"]) == ("memory", name, commit)
    assert made["origin"] == "machine"


def test_a_folder_that_only_looks_like_the_client_s_has_no_commit(tmp_path: Path) -> None:
    for folder in (tmp_path / "made" / COMMIT, tmp_path / "snapshots" / "main", tmp_path / "snapshots" / f"{COMMIT}0"):
        assert repository(folder) == (folder.name, None)
    root = tmp_path / "GlobMed_MedQA"
    kept = root / ".cache" / "huggingface" / "download"
    kept.mkdir(parents=True)
    for number, (stated, commit) in enumerate(((f"{COMMIT}0", None), (COMMIT, COMMIT), (COMMIT[::-1], None))):
        (kept / f"{number}.metadata").write_text(f"{stated}\netag\n1764460000.0\n", "utf-8")
        assert repository(root) == ("GlobMed_MedQA", commit), "of files of one commit alone"


def test_records_without_an_id_are_paired_by_their_place_and_with_one_by_it(tmp_path: Path) -> None:
    named = [[{"id": f"q{number}", **each} for number, each in enumerate(texts)] for texts in (ENGLISH, SWAHILI)]
    publish(tmp_path, en=named[0], sw=[*reversed(named[1]), {**named[1][0], "id": "q9"}])
    found = read(tmp_path)
    assert "Which organ makes bile?" in found[""]
    assert ALONE in found


def test_a_file_that_lost_a_record_is_not_paired_by_place(tmp_path: Path) -> None:
    publish(tmp_path, en=ENGLISH, sw=SWAHILI[1:])
    assert read(tmp_path) == {OTHER_FILE: []}


def test_a_file_whose_records_moved_by_one_is_not_paired(tmp_path: Path) -> None:
    many = [question(f"Which is number {n}?", "one", "other", answer="AB"[n % 3 == 0]) for n in range(30)]
    publish(tmp_path, en=many, sw=[*many[1:], many[0]])
    assert read(tmp_path) == {OTHER_FILE: []}


def test_a_record_with_another_answer_or_other_fields_is_left_out(tmp_path: Path) -> None:
    many = [question(f"Which is it, say {n}?", "this one", "that one") for n in range(40)]
    other = [{**each, "question": f"Ni ipi, sema {n}?"} for n, each in enumerate(many)]
    other[7]["answer_idx"] = "B"
    del other[9]["answer"]
    publish(tmp_path, en=many, sw=other)
    found = read(tmp_path)
    assert found[OTHER_RECORD] == []
    assert not {"Which is it, say 7?", "Which is it, say 9?"} & set(found[""])
    assert "Which is it, say 8?" in found[""]


def test_a_sentence_left_in_english_is_no_translation_and_a_name_is(tmp_path: Path) -> None:
    records = [question("Which drug is it in this case?", "Metformin", "Insulin")]
    publish(tmp_path, en=records, sw=records)
    assert read(tmp_path) == {"": ["Metformin", "Insulin"]}


def test_texts_are_cleaned_as_items_are(tmp_path: Path) -> None:
    texts = ("A 10<sup>9</sup> count?", "Hesabu ya 10<sup>9</sup>?")
    english, other = ([question(each, "high", "low")] for each in texts)
    publish(tmp_path, en=english, sw=other)
    assert "A 10⁹ count?" in read(tmp_path)[""]


def test_a_folder_without_an_english_one_is_an_error(tmp_path: Path) -> None:
    publish(tmp_path, sw=SWAHILI, fr=SWAHILI)
    with pytest.raises(UserError, match="a folder a language, en among them"):
        memory_files([tmp_path])


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=12)
RECORDS = st.dictionaries(
    st.text(max_size=5),
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)),
    max_size=5,
)


@given(RECORDS)
def test_any_record_is_paired_with_itself_in_every_place(record: dict[str, Any]) -> None:
    texts, others = contents(record)
    assert contents(json.loads(json.dumps(record))) == (texts, others)
    assert not texts.keys() & others.keys()
