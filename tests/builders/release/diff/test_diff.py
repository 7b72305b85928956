"""How versions differ: planted differences in folders, and between versions on a local Hub."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from builders.release.diff.copy import Copy, open_copy, open_folder
from builders.release.diff.diff import Diff, compare, required_version
from builders.release.diff.report import to_markdown
from builders.release.hub.repository import open_repository
from globmed.errors import UserError
from globmed.records.manifest import MANIFEST
from globmed.schema import arrow_schema
from globmed.storage.files import sha256
from globmed.storage.parquet import write_parquet
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from globmed.versions.statement import write_statement
from tests.conftest import DemoRelease, Globmed

TEST = "data/zulu/test-sample.parquet"
TRAIN = "data/zulu/train-sample.parquet"
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture
def older(demo_candidate: Path, tmp_path: Path) -> Copy:
    return open_folder(Path(shutil.copytree(demo_candidate, tmp_path / "a")))


@pytest.fixture
def newer(demo_candidate: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_candidate, tmp_path / "b"))


def rewrite(folder: Path, path: str, change: Change) -> None:
    """Change the rows of a file and its entry in the manifest."""
    rows = change(pl.read_parquet(folder / path))
    schema = arrow_schema() if rows.columns == arrow_schema().names else None
    write_parquet(rows, folder / path, schema)
    reseal(folder, path)


def reseal(folder: Path, path: str) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["files"][path] |= {"sha256": sha256(folder / path), "size": (folder / path).stat().st_size}
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    write_statement(folder, None)


def counted(diff: Diff) -> list[tuple[object, ...]]:
    return diff.counts.rows()


def test_the_same_rows_are_no_difference(older: Copy, newer: Path) -> None:
    diff = compare(older, open_folder(newer))
    assert (diff.level, diff.rows.height) == ("none", 0)


def test_another_card_is_a_patch(older: Copy, newer: Path) -> None:
    (newer / "README.md").write_text("# Other\n", "utf-8")
    reseal(newer, "README.md")
    diff = compare(older, open_folder(newer))
    assert (diff.level, diff.other_files) == ("patch", ["README.md"])
    assert "No row differs." in to_markdown(diff)


def test_the_same_rows_in_other_files_are_a_patch_at_most(older: Copy, newer: Path) -> None:
    rows = pl.read_parquet(newer / TEST)
    (newer / TEST).unlink()
    manifest = json.loads((newer / MANIFEST).read_text("utf-8"))
    entry = manifest["files"].pop(TEST)
    for name, part in (("test-a.parquet", rows[:4]), ("test-b.parquet", rows[4:])):
        write_parquet(part, newer / "data" / "zulu" / name, arrow_schema())
        manifest["files"][f"data/zulu/{name}"] = entry | {"sha256": name}
    (newer / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    diff = compare(older, open_folder(newer))
    assert (diff.level, diff.rows.height) == ("none", 0)


def test_added_rows_are_minor_and_removed_ones_major(older: Copy, newer: Path) -> None:
    rewrite(newer, TEST, lambda rows: rows[:-2])
    shorter = open_folder(newer)
    removed = compare(older, shorter)
    assert (removed.level, counted(removed)) == ("major", [("zulu", "sample", "removed", None, 2)])
    added = compare(shorter, older)
    assert (added.level, counted(added)) == ("minor", [("zulu", "sample", "added", None, 2)])


def test_a_file_that_only_one_version_has_changes_its_rows_and_no_column(older: Copy, newer: Path) -> None:
    (newer / TEST).unlink()
    manifest = json.loads((newer / MANIFEST).read_text("utf-8"))
    rows = manifest["files"].pop(TEST)["rows"]
    (newer / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    for diff, kind in ((compare(older, open_folder(newer)), "removed"), (compare(open_folder(newer), older), "added")):
        assert (counted(diff), diff.columns) == ([("zulu", "sample", kind, None, rows)], {})


def test_a_changed_dose_is_major_and_shown_where_it_differs(older: Copy, newer: Path) -> None:
    asked = pl.lit("A very long preamble. " * 20) + pl.col("question")
    for folder, unit in ((Path(older.place), "mg"), (newer, "mcg")):
        rewrite(folder, TEST, partial(pl.DataFrame.with_columns, question=asked.str.replace("-500 mg", f"-500 {unit}")))
    diff = compare(open_folder(Path(older.place)), open_folder(newer))
    assert diff.level == "major"
    assert set(diff.counts["column"]) == {None, "question"}
    (example,) = diff.examples.filter(pl.col("column").is_not_null()).iter_rows(named=True)
    assert "-500 mg" in example["old"]
    assert "-500 mcg" in example["new"]
    assert len(example["new"]) < 130


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("language", pl.lit("xx")),
        ("task", pl.lit("xx")),
        ("context", pl.lit("xx")),
        ("premise", pl.lit("xx")),
        ("hypothesis", pl.lit("xx")),
        ("answer", pl.lit("xx")),
        ("long_answer", pl.lit("xx")),
        ("origin", pl.lit("xx")),
        ("options", pl.lit(None)),
        ("provenance", pl.col("provenance").struct.with_fields(licence=pl.lit("xx"))),
        ("quality", pl.col("quality").struct.with_fields(critical=pl.lit(True))),
        ("review", pl.col("review").struct.with_fields(raters=pl.lit(7, pl.Int64))),
    ],
)
def test_a_change_in_any_column_is_seen(older: Copy, newer: Path, column: str, value: pl.Expr) -> None:
    rewrite(newer, TEST, lambda rows: rows.with_columns(value.cast(rows.schema[column]).alias(column)))
    diff = compare(older, open_folder(newer))
    assert diff.level == "major"
    assert set(diff.counts["column"]) == {None, column}


def test_a_row_in_another_split_has_moved(older: Copy, newer: Path) -> None:
    moved = pl.read_parquet(newer / TEST)[:1]
    rewrite(newer, TEST, lambda rows: rows[1:])
    rewrite(newer, TRAIN, lambda rows: pl.concat([rows, moved]).sort("id"))
    diff = compare(older, open_folder(newer))
    assert counted(diff) == [("zulu", "sample", "moved", None, 1), ("zulu", "sample", "moved", "split", 1)]
    assert diff.examples.select("old", "new").rows() == [("test", "train")]


def test_a_column_more_is_minor_and_one_less_major(older: Copy, newer: Path) -> None:
    rewrite(newer, TEST, lambda rows: rows.with_columns(more=pl.lit(1)))
    wider = open_folder(newer)
    assert compare(older, wider).columns == {"zulu": (["more"], [])}
    assert compare(older, wider).level == "minor"
    assert compare(wider, older).level == "major"


def test_a_column_of_the_schema_that_an_older_version_lacks_is_no_change_of_its_rows(older: Copy, newer: Path) -> None:
    rewrite(Path(older.place), TEST, lambda rows: rows.drop("review"))
    diff = compare(open_folder(Path(older.place)), open_folder(newer))
    assert (diff.columns, diff.level) == ({"zulu": (["review"], [])}, "minor")
    assert diff.rows.is_empty()


def test_what_the_data_holds_stays_text_in_markdown(older: Copy, newer: Path) -> None:
    hostile = "| <script>alert(1)</script> `x` [a](javascript:b)\n# Title\x1b[31m"
    rewrite(newer, TEST, lambda rows: rows.with_columns(question=pl.lit(hostile), source=pl.lit("a|b`c")))
    text = to_markdown(compare(older, open_folder(newer)), examples=True)
    assert "<script>" not in text.replace("\\<script", "")
    assert "\x1b" not in text
    assert "\n# Title" not in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in tables} <= {8, 6}


@pytest.mark.parametrize(
    ("level", "expected"),
    [("none", "1.2.4"), ("patch", "1.2.4"), ("minor", "1.3.0"), ("major", "2.0.0")],
)
def test_the_smallest_version_that_may_follow(level: str, expected: str) -> None:
    assert str(required_version(Version(1, 2, 3), level)) == expected  # type: ignore[arg-type]


def test_a_folder_without_a_manifest_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"manifest\.json: No such file or directory; name the folder of a version"):
        open_folder(tmp_path)
    (tmp_path / MANIFEST).write_text('{"version": "main", "configs": {}, "files": {}}', "utf-8")
    with pytest.raises(UserError, match=r"expected MAJOR\.MINOR\.PATCH"):
        open_folder(tmp_path)


@pytest.mark.slow
def test_a_version_on_the_hub_against_a_folder(
    demo_release: DemoRelease, demo_hub: HubAccess, newer: Path, globmed: Globmed
) -> None:
    rewrite(newer, TEST, lambda rows: rows[:-2])
    with open_repository(REPOSITORY, demo_hub) as repository:
        diff = compare(open_copy("v0.1.0", repository), open_copy(str(newer), repository))
    assert counted(diff) == [("zulu", "sample", "removed", None, 2)]
    done = globmed("diff", "0.1.0", newer, "--hub", demo_hub.endpoint, "--json")
    assert json.loads(done.stdout)["level"] == "major"
    none = globmed("diff", "0.1.0", "9.9.9", "--hub", demo_hub.endpoint)
    assert (none.returncode, "it has 0.1.0" in none.stderr) == (2, True)
