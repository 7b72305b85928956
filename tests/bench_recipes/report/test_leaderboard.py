"""The leaderboard's folder."""

import json
from pathlib import Path

import pytest
import yaml

from bench_recipes.report.leaderboard import board, write_leaderboard
from bench_recipes.report.results import write_results
from bench_recipes.report.write import compared
from benchmarks.evaluation.simulated_results import Items, run_frame, write_run
from globmed.errors import UserError
from tests.bench_recipes.report.conftest import HOSTILE


def test_it_is_a_space_when_it_is_pushed(leaderboard: Path) -> None:
    front = yaml.safe_load((leaderboard / "README.md").read_text("utf-8").split("---\n")[1])
    assert (front["sdk"], front["app_file"]) == ("static", "index.html")
    assert sorted(path.name for path in leaderboard.iterdir()) == ["README.md", "index.html"]


def test_data_within_the_page_cannot_leave_its_element(leaderboard: Path) -> None:
    page = (leaderboard / "index.html").read_text("utf-8")
    data = page.split('id="data">')[1].split("</script>")[0]
    assert HOSTILE in [model["name"] for model in json.loads(data)["models"]]
    assert page.count("<script") == page.count("</script>") == 2


def test_one_model_has_no_rank_and_a_page(tmp_path: Path) -> None:
    write_run(tmp_path / "run", run_frame("one", {"english": 0.5, "zulu": 0.4}, Items(60), 1))
    write_results(compared([tmp_path / "run"]), tmp_path / "results")
    found = board(tmp_path / "results")
    assert found["cells"]["mcqa"]["zulu"][0][3] is None
    assert write_leaderboard(tmp_path / "results", tmp_path / "board") == 1


def test_what_is_no_dataset_of_results_is_refused(results: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"results\.json: No such file or directory; name a folder"):
        write_leaderboard(tmp_path, tmp_path / "board")
    (tmp_path / "results.json").write_text((results / "results.json").read_text("utf-8"), "utf-8")
    with pytest.raises(UserError, match=r"runs\.parquet: cannot be read"):
        write_leaderboard(tmp_path, tmp_path / "board")
    with pytest.raises(UserError, match="name a new folder"):
        write_leaderboard(results, results)
