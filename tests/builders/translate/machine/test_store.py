"""The store of translated sentences."""

from pathlib import Path

import polars as pl
import pytest

from builders.translate.machine import store as store_module
from builders.translate.machine.store import SCHEMA, Store


def made(*sentences: str, rank: int = 0) -> pl.DataFrame:
    rows = [(sentence, f"▁{sentence.upper()}", rank, True) for sentence in sentences]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def asked(*sentences: str) -> pl.DataFrame:
    return pl.DataFrame({"sentence": sentences}, schema={"sentence": pl.String})


def test_what_was_added_is_known_and_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path / "engine")
    assert store.known(asked("a")).is_empty()
    store.add(["a", "b"], made("a", "b"))
    store.add(["c"], made("c"))
    assert sorted(store.known(asked("a", "c", "d"))["sentence"]) == ["a", "c"]
    assert Store(tmp_path / "another").known(asked("a")).is_empty()


def test_a_file_that_was_being_written_is_passed_over(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add(["a"], made("a"))
    (tmp_path / ".half.partial").write_bytes(b"PAR1 and no more")
    assert store.known(asked("a")).height == 1


def test_a_sentence_that_two_runs_added_is_there_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add(["a", "b"], made("a", "b"))
    store.add(["a"], made("a"))
    assert store.known(asked("a", "b")).height == 2


def test_many_files_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MANY_FILES", 3)
    store = Store(tmp_path)
    for sentence in "abc":
        store.add([sentence], made(sentence))
        store.compact()
    assert len(list(tmp_path.iterdir())) == 1
    assert sorted(store.known(asked(*"abcd"))["sentence"]) == ["a", "b", "c"]
