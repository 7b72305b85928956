"""``globmed audit`` prints the errata of sources or of a build, and writes them."""

import json
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from builders.commands.audit import audit
from globmed.errors import UserError
from tests.builders.sources.fixtures import FIXTURES, write

LEAK = "A patient who walks five kilometres a day asks which vitamin the light of the sun makes in the skin"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    files = FIXTURES["medqa"].copy()
    (leak,) = files["US/4_options/phrases_no_exclude_dev.jsonl"]
    leak["question"] = LEAK
    files["phrases_no_exclude_train.jsonl"] = [leak, leak | {"question": "What is shown in the image?"}]
    write(folder / "medqa", files)
    write(folder / "headqa", FIXTURES["headqa"].files)
    return folder


def run(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(audit)
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).stdout


def test_the_errata_of_files_are_printed_and_written(folder: Path, tmp_path: Path) -> None:
    shown = run("--sources", str(folder), "--out", str(tmp_path / "more" / "errata.csv"))
    table = pl.read_csv(tmp_path / "more" / "errata.csv")
    lines = table.filter(pl.col("id").is_not_null())
    assert set(lines["kind"]) == {"asked again in a held-out split", "missing figure", "question asked twice"}
    (leak,) = lines.filter(kind="asked again in a held-out split").iter_rows(named=True)
    assert leak["id"].startswith("medqa/train/")
    assert leak["detail"].startswith("medqa/validation/")
    assert all(name in shown for name in lines["id"])
    assert "vitamin" not in shown + (tmp_path / "more" / "errata.csv").read_text("utf-8")


def test_the_errata_are_json_and_parquet_of_the_sources_that_are_asked_for(folder: Path, tmp_path: Path) -> None:
    shown = run("--sources", str(folder), "--only", "headqa", "--json", "--out", str(tmp_path / "errata.parquet"))
    lines = json.loads(shown)
    assert {line["source"] for line in lines} == {"headqa"}
    assert {line["kind"] for line in lines} == {"count far from the published one"}
    assert pl.read_parquet(tmp_path / "errata.parquet").to_dicts() == lines


def test_what_cannot_be_listed_or_written_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"expected \.csv or \.parquet"):
        run("--sources", str(folder), "--out", str(tmp_path / "errata.xls"))
    with pytest.raises(UserError, match="nothing was built there"):
        run("--build", str(tmp_path))
    # Versions before the errata built such a folder.
    (tmp_path / "items").mkdir()
    with pytest.raises(UserError, match=r"errata\.parquet is not there, .*: run `globmed build` again"):
        run("--build", str(tmp_path))
