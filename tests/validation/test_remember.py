"""Results that are kept while their inputs are the same."""

from pathlib import Path

import polars as pl

from validation.remember import remembered


def test_work_is_done_once_for_the_same_inputs_and_again_for_others(tmp_path: Path) -> None:
    file, done = tmp_path / "input", []

    def work() -> pl.DataFrame:
        done.append(file.read_text())
        return pl.DataFrame({"text": done[-1:]})

    for text, times in (("a", 1), ("a", 1), ("b", 2), ("b", 2), ("a", 3)):
        file.write_text(text)
        assert remembered(tmp_path / "kept" / "leaks", [file], work)["text"].to_list() == [text]
        assert len(done) == times
    assert len(list((tmp_path / "kept").iterdir())) == 1
