"""Results that are kept while their inputs are the same."""

from pathlib import Path

import polars as pl

from validation.facts.remember import digest, remembered, remembered_rows, told


def test_work_is_done_once_for_the_same_inputs_and_again_for_others(tmp_path: Path) -> None:
    done: list[str] = []
    for text, times in (("a", 1), ("a", 1), ("b", 2), ("a", 2), ("c", 3), ("b", 3), ("a", 4)):

        def work(text: str = text) -> dict[str, pl.DataFrame]:
            done.append(text)
            return {"texts": pl.DataFrame({"text": [text]})}

        kept = remembered(tmp_path / "kept" / "swahili", [text], work)
        assert pl.read_parquet(kept["texts"])["text"].to_list() == [text]
        assert len(done) == times
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_frames_with_the_same_values_have_the_same_digest() -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "options": [[{"text": "x"}], None]})
    apart = pl.concat([frame.head(1), frame.tail(1)], rechunk=False)
    assert digest(apart) == digest(frame)
    assert digest(frame.reverse()) != digest(frame)


def test_the_inputs_are_what_files_hold_and_which_packages_are_installed(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text("one = 1")
    first = told([file], ["polars"])
    file.write_text("one = 2")
    second = told([file], ["polars"])
    assert first[0] != second[0]
    assert first[1:] == second[1:] == [pl.__version__]


def test_rows_are_judged_once_and_others_beside_them(tmp_path: Path) -> None:
    done: list[str] = []

    def work(rows: pl.DataFrame) -> pl.DataFrame:
        done.extend(rows["text"].fill_null("nothing"))
        return rows.with_columns(length=pl.col("text").str.len_chars())

    for code, texts, new in (
        ("1", ["b", None, "aa"], ["b", "nothing", "aa"]),
        ("1", ["aa", "c", None], ["c"]),
        ("1", ["b"], ["b"]),
        ("2", ["b", "aa"], ["b", "aa"]),
    ):
        done.clear()
        asked = pl.DataFrame({"text": texts}, schema={"text": pl.String})
        found = remembered_rows(tmp_path / "kept" / "swahili", [code], asked, work)
        assert found.equals(asked.with_columns(length=pl.col("text").str.len_chars()))
        assert done == new
    assert len(list((tmp_path / "kept").iterdir())) == 1
