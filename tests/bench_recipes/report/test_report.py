"""The report's folder: what it says, that it says it to people, and that nothing in it is more than text."""

import json
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from defusedxml import ElementTree

from bench_recipes.report.write import Comparison, compared, write_report
from benchmarks.evaluation.simulated_results import COMMIT, Items, run_frame, with_long_answers, write_run
from globmed.errors import UserError
from globmed.prompts import asked
from tests.bench_recipes.report.conftest import HOSTILE, MODELS
from tests.cards.reading import tables
from tests.conftest import Globmed


class Elements(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.places: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.places += [value for name, value in attrs if name in ("src", "href", "xlink:href", "action") and value]

    def handle_data(self, data: str) -> None:
        self.text += data


def elements(page: Path) -> Elements:
    parser = Elements()
    parser.feed(page.read_text("utf-8"))
    return parser


def test_a_hostile_name_is_text_everywhere(report: Path) -> None:
    page = elements(report / "report.html")
    assert not {"script", "img", "iframe"} & set(page.tags)
    assert HOSTILE in page.text
    assert all(place.startswith(("#", "tables/")) for place in page.places)
    for plot in (report / "plots").iterdir():
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(plot.read_text("utf-8")).iter()}
        assert not {"script", "img", "image"} & tags
    rows = tables((report / "report.md").read_text("utf-8"))["Models"][0]
    assert {row[0] for row in rows[1:]} == set(MODELS)


def test_the_report_has_every_part_and_the_tables_every_row(report: Path, comparison: Comparison) -> None:
    page = elements(report / "report.html")
    for words in (
        "Gap to English",
        "kappa",
        "p (Holm)",
        "ratio above guessing",
        "refused",
        "chrF2++|made-up",
        "judge-1",
    ):
        assert words in page.text
    assert sorted(path.stem for path in (report / "plots").iterdir()) == ["accuracy", "forest", "gaps"]
    for name, table in comparison.found.tables().items():
        assert pl.read_parquet(report / "tables" / f"{name}.parquet").equals(table)
        assert (report / "tables" / f"{name}.csv").is_file()
    heat_map = (report / "plots" / "accuracy.svg").read_text("utf-8")
    assert all(f">{name}<" in heat_map for name in asked())


def test_the_best_come_first_and_guessing_is_said(report: Path) -> None:
    about = json.loads((report / "report.json").read_text("utf-8"))
    assert [row["run"] for row in about["ranking"]][:2] == ["best-70b", "middle"]
    assert about["ranking"][0]["rank"] == 1
    assert about["summary"][0].startswith("best-70b answers the most questions correctly: ")
    markdown = tables((report / "report.md").read_text("utf-8"))
    guesses = next(row for row in markdown["Languages"][0] if row[0] == "guesses")
    assert guesses[1].startswith("(")


def test_everything_is_pinned_and_no_place_of_ours_is_told(report: Path, runs: Path) -> None:
    about = json.loads((report / "report.json").read_text("utf-8"))
    assert about["dataset"] == {
        "repository": "globmed/GlobMed",
        "version": "1.0.0",
        "commit": COMMIT,
    }
    assert about["statistics"]["seed"]
    assert {"scipy", "statsmodels", "polars"} <= about["packages"].keys()
    for run in about["runs"]:
        assert run["revision"] == "f" * 40
        assert run["packages"] == "transformers 5.23.0"
        assert len(run["results_sha256"]) == 64
    for path in report.rglob("*"):
        assert path.is_dir() or str(runs).encode() not in path.read_bytes()


def test_one_model_in_one_language_has_a_report(tmp_path: Path) -> None:
    write_run(tmp_path / "run", run_frame("one", {"zulu": 0.5}, Items(60), 1))
    write_report(compared([tmp_path / "run"]), tmp_path / "report")
    page = elements(tmp_path / "report" / "report.html")
    assert "GlobMed-Bench: 1 model in 1 language" in page.text
    assert "Gap to English" not in page.text
    assert [path.name for path in (tmp_path / "report" / "plots").iterdir()] != []


def test_long_answers_alone_have_a_report(tmp_path: Path) -> None:
    frame = with_long_answers(run_frame("one", {"english": 0.5, "zulu": 0.4}, Items(60), 1), 20).filter(task="lfqa")
    write_run(tmp_path / "run", frame)
    write_report(compared([tmp_path / "run"]), tmp_path / "report")
    text = elements(tmp_path / "report" / "report.html").text
    assert "Long answers" in text
    assert "Learnt by heart" not in text


def test_a_folder_with_other_files_is_left_alone(comparison: Comparison, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(UserError, match=r"thesis\.txt; name a new folder"):
        write_report(comparison, tmp_path)


def test_the_command_writes_all_of_it_and_says_where(globmed: Globmed, runs: Path, tmp_path: Path) -> None:
    out, results = tmp_path / "report", tmp_path / "results"
    done = globmed("bench", "report", runs, "--out", out, "--results", results, "--tasks", "mcqa", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["report"] == str(out / "report.html")
    assert said["ranking"][0]["run"] == "best-70b"
    assert said["tables"]["runs"] == len(MODELS)
    page = globmed("bench", "leaderboard", results, "--out", tmp_path / "board", "--json")
    assert json.loads(page.stdout) == {"page": str(tmp_path / "board" / "index.html"), "models": len(MODELS)}
    assert globmed("bench", "report", runs, "--out", runs).returncode == 2
    assert (runs / "run-0" / "results.parquet").is_file()
