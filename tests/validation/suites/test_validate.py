"""The verdict's files, the known issues and the command."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from builders.rows.artifacts.folder import BuildFolder
from globmed.cli.main import application
from globmed.errors import UserError
from globmed.schema import arrow_schema, polars_schema
from globmed.storage.parquet import write_parquet
from tests.conftest import Globmed
from tests.validation.conftest import TODAY, Judged, read_rows, write_rows
from validation.expectations.verdict import Verdict
from validation.known_issues import KNOWN_ISSUES, read_known_issues
from validation.suites import SUITES
from validation.validate import validate

ITEM = "sample/train/newborn-temperature-range"
ISSUE = f"""
[[issue]]
check = "parity/answer"
id = "{ITEM}"
config = "zulu"
reason = "the translator's note is awaited"
may_lift = "maintainers"
until = 2030-01-01
"""


def test_the_report_has_every_expectation(faulty: Judged) -> None:
    report = json.loads((faulty.out / "validation.json").read_text("utf-8"))
    assert report["verdict"] == "fail"
    assert len(report["expectations"]) == sum(len(suite.checks) for suite in SUITES)
    assert set(report["expectations"][0]) == {
        *("suite", "name", "says", "severity", "success", "observed", "threshold", "count", "accepted")
    }


def test_failing_rows_are_parquet_and_as_many_as_counted(faulty: Judged) -> None:
    rows = pl.read_parquet(faulty.out / "failing_rows.parquet")
    assert rows.columns == ["config", "split", "id", "reason", "detail"]
    counted = {f"{e.suite}/{e.name}": e.count for e in faulty.verdict.expectations if e.count}
    assert dict(rows.group_by("reason").len().iter_rows()) == counted


def test_the_plots_are_beside_the_verdict_and_in_its_pages(faulty: Judged) -> None:
    index = (faulty.out / "data_docs" / "index.html").read_text("utf-8")
    plots = sorted((faulty.out / "plots").iterdir())
    assert [plot.name for plot in plots] == [
        "labels.svg",
        "origins.svg",
        "parity.svg",
        "signals.svg",
        "specialties.svg",
    ]
    for plot in plots:
        _, opened, content = plot.read_text("utf-8").partition("<title")
        assert opened + content in index


def test_the_pages_open_without_a_network(faulty: Judged) -> None:
    site = faulty.out / "data_docs"
    pages = list(site.rglob("*.html"))
    assert len(pages) == 1 + 2 * len(SUITES)
    for page in pages:
        html = page.read_text("utf-8")
        assert not re.search(r"https?:|<script|<link|<img", html)
        for link in re.findall(r'href="([^"#]+)"', html):
            assert (page.parent / link).is_file(), (page, link)
    index = (site / "index.html").read_text("utf-8")
    assert all(f">{suite.name}</a>" in index for suite in SUITES)


@pytest.mark.parametrize(("config", "accepted", "count"), [('config = "zulu"', 1, 1), ("", 2, 0)])
def test_an_accepted_finding_does_not_fail_and_others_do(
    demo_build: BuildFolder, judged: Path, tmp_path: Path, config: str, accepted: int, count: int
) -> None:
    rows = read_rows(demo_build.root)
    hit = pl.col("config").is_in(["yoruba", "zulu"]) & (pl.col("id") == ITEM)
    write_rows(rows.with_columns(answer=pl.when(hit).then(pl.lit("A")).otherwise("answer")), tmp_path / "dataset")
    issues = tmp_path / "issues.toml"
    of_another_source = ISSUE.replace(ITEM, "medqa/test/1")
    of_a_suite_not_run = ISSUE.replace("parity/answer", "previous/lost")
    issues.write_text(ISSUE.replace('config = "zulu"', config) + of_another_source + of_a_suite_not_run, "utf-8")
    verdict, _ = validate(tmp_path / "dataset", known_issues=issues, today=date(2030, 1, 1), kept=judged)
    results = {f"{entry.suite}/{entry.name}": entry for entry in verdict.expectations}
    assert verdict.passed is (count == 0)
    assert (results["parity/answer"].count, results["parity/answer"].accepted) == (count, accepted)
    assert verdict.findings.filter(reason="parity/answer")["config"].to_list() == ["yoruba"] * count
    assert results["known_issues/gone"].success
    assert verdict.not_run == ["previous"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("parity/answer", "parity/answers"), "issue 1: check 'parity/answers' is unknown; known: structure/schema"),
        (('"zulu"', '"klingon"'), "config 'klingon' is unknown"),
        (("2030-01-01", '"soon"'), "until is 'soon', expected a date"),
        (("may_lift", "lifts"), "'lifts' is not a field of an issue"),
        (('reason = "the translator\'s note is awaited"', ""), "reason is None, expected a str"),
        (("[[issue]]", "[[issue"), "cannot be read as TOML"),
    ],
)
def test_a_wrong_entry_is_one_line(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    file = tmp_path / "issues.toml"
    file.write_text(ISSUE.replace(*change), "utf-8")
    with pytest.raises(UserError, match=re.escape(message)):
        read_known_issues(file, date(2030, 1, 1))


def test_the_project_s_own_known_issues_are_read() -> None:
    read_known_issues(KNOWN_ISSUES, date(2026, 1, 1))


def test_the_command_passes_on_a_build_and_says_so(demo_build: BuildFolder, tmp_path: Path, globmed: Globmed) -> None:
    measured = {file: file.stat().st_mtime_ns for file in demo_build.scores.iterdir()}
    done = globmed("validate", demo_build.root, "--out", tmp_path / "out", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "validation.json").read_text("utf-8"))
    assert measured == {file: file.stat().st_mtime_ns for file in demo_build.scores.iterdir()}


def test_the_command_fails_on_a_fault(sound: Judged, tmp_path: Path) -> None:
    shutil.copytree(sound.build / "data" / "zulu", tmp_path / "dataset" / "data" / "klingon")
    done = CliRunner().invoke(application(), ["validate", str(tmp_path / "dataset")])
    assert done.exit_code == 1
    assert "critical structure/config_unknown: 3 findings" in done.stdout
    assert (tmp_path / "validation" / "validation.json").is_file()


def test_wrong_folders_are_one_line(sound: Judged, tmp_path: Path) -> None:
    kept = Path(shutil.copytree(sound.build.with_name("kept"), tmp_path / "kept"))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    broken = tmp_path / "broken" / "data" / "zulu" / "train-00000-of-00001.parquet"
    broken.parent.mkdir(parents=True)
    broken.write_text("no Parquet")
    empty = tmp_path / "empty" / "data" / "zulu" / "train-00000-of-00001.parquet"
    write_parquet(pl.DataFrame(schema=polars_schema()), empty, arrow_schema())
    older = tmp_path / "older" / "data" / "zulu" / "train-00000-of-00001.parquet"
    write_parquet(pl.DataFrame({"question": ["?"]}), older)
    with pytest.raises(UserError, match="found no column id"):
        validate(sound.build, tmp_path / "out", older=tmp_path / "older", kept=kept)
    assert not list(tmp_path.glob("*out*")), "nothing half-written is left"
    for folder, out, message in (
        (tmp_path, None, "found no data/<config>"),
        (tmp_path / "broken", None, "cannot be read as Parquet"),
        (tmp_path / "empty", None, "have no row"),
        (sound.build, sound.build / "validation", "which may be released"),
        (sound.build, tmp_path / "notes", "contains something other than an earlier validation"),
    ):
        with pytest.raises(UserError, match=message):
            validate(folder, out)
    assert (tmp_path / "notes" / "mine.txt").is_file()


def test_a_config_without_rows_and_columns_of_nulls_fail(demo_build: BuildFolder, judged: Path, tmp_path: Path) -> None:
    rows = read_rows(demo_build.root).filter(pl.col("config").is_in(["english", "swahili", "zulu"]))
    nulls = [pl.when(pl.col("config") != "swahili").then(name).alias(name) for name in polars_schema() if name != "id"]
    write_rows(rows.with_columns(nulls), tmp_path / "dataset")
    for file in (tmp_path / "dataset" / "data" / "zulu").iterdir():
        write_parquet(pl.DataFrame(schema=polars_schema()), file, arrow_schema())
    verdict, _ = validate(tmp_path / "dataset", kept=judged)
    found = verdict.findings.group_by("config", "reason").len()
    assert found.filter(reason="structure/empty").rows() == [("zulu", "structure/empty", 3)]
    assert {"required_missing", "task_unknown", "origin_unknown", "text_missing"} <= {
        reason.removeprefix("structure/") for reason in found.filter(config="swahili")["reason"]
    }
    assert not verdict.passed


def test_rows_are_judged_again_in_the_same_process(sound: Judged, tmp_path: Path) -> None:
    kept = Path(shutil.copytree(sound.build.with_name("kept"), tmp_path / "kept"))
    again, _ = validate(sound.build, tmp_path / "validation", older=sound.build, today=TODAY, kept=kept)
    assert again.to_dict() == sound.verdict.to_dict()


def test_a_verdict_stays_until_rows_or_known_issues_change(
    demo_build: BuildFolder, judged: Path, tmp_path: Path
) -> None:
    dataset, issues, out = tmp_path / "dataset", tmp_path / "issues.toml", tmp_path / "validation"
    rows = read_rows(demo_build.root).filter(pl.col("config").is_in(["english", "zulu"]))
    hit = (pl.col("config") == "zulu") & (pl.col("id") == ITEM)
    write_rows(rows, dataset)
    issues.write_text("", "utf-8")

    def judge() -> tuple[Verdict, int]:
        verdict, _ = validate(dataset, known_issues=issues, today=date(2030, 1, 1), kept=judged)
        return verdict, (out / "validation.json").stat().st_ino

    first, made = judge()
    again, same = judge()
    assert (again.to_dict(), same) == (first.to_dict(), made)
    assert again.findings.equals(first.findings)
    write_rows(rows.with_columns(answer=pl.when(hit).then(pl.lit("A")).otherwise("answer")), dataset)
    changed, second = judge()
    assert second != made
    assert not changed.passed
    issues.write_text(ISSUE, "utf-8")
    accepted, third = judge()
    assert third != second
    assert accepted.passed
