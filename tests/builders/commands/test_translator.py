"""The commands as a user gives them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders.commands.translator import app
from builders.translate.packages.package import Package
from builders.translate.packages.score import score_texts
from globmed.errors import UserError
from tests.builders.translate.packages.toy import write_corpus, write_settings


def run(*arguments: object) -> str:
    """Return the output of a command that succeeds."""
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False).stdout


@pytest.mark.slow
@pytest.mark.model
def test_train_install_list_and_score(tmp_path: Path) -> None:
    corpus, settings = write_corpus(tmp_path / "corpus.tsv"), write_settings(tmp_path / "toy.yaml")
    options = ["--settings", settings, "--out", tmp_path / "run", "--threads", "1", "--licence", "CC0-1.0"]
    made = json.loads(run("train", "en", "sw", "--data", corpus, *options, "--json"))
    assert made["steps"] == 60
    folder = ["--dir", tmp_path / "packages"]
    (installed,) = json.loads(run("install", made["archive"], "--sha256", made["sha256"], *folder, "--json"))
    assert json.loads(run("list", *folder, "--json")) == [installed]
    assert installed["sha256"][:16] in run("list", *folder)
    held = write_corpus(tmp_path / "held.tsv", 30, seed=5)
    scored = json.loads(run("score", "en-sw", *folder, "--reference", held, "--threads", "1", "--json"))
    assert scored["sha256"] == installed["sha256"]
    assert [score["metric"] for score in scored["scores"]] == ["chrF2++", "BLEU"]
    assert "bs:1000" in run("score", tmp_path / "packages" / "en_sw-1.0", "--reference", held)


@pytest.mark.slow
def test_pack_makes_a_package_that_installs(toy_package: Package, tmp_path: Path) -> None:
    out = tmp_path / "p.argosmodel"
    run("pack", toy_package.model, toy_package.tokenizer, "en", "sw", "--out", out, "--package-version", "2.1")
    assert "2.1" in run("install", out, "--dir", tmp_path / "packages")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["score", "en-zu", "--reference", "x.tsv"], "no package from en to zu"),
        (["install", "en-de", "--index", "absent.json"], "No such file"),
        (["convert", "owner/name", "en", "sw"], "<commit hash>"),
        (["train", "en", "sw", "--data", "absent.tsv"], "no such file"),
    ],
)
def test_errors_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message):
        run(*arguments)


def test_scores_have_intervals_and_signatures() -> None:
    references = [f"Meza {number} mg ya dawa hii kila siku" for number in range(20)]
    chrf, bleu = score_texts(references, references, "sw")
    assert (round(chrf.score), round(bleu.score)) == (100, 100)
    half = references[:10] + ["kitu kingine kabisa hapa leo"] * 10
    worse = score_texts(half, references, "sw")[0]
    assert 0 < worse.interval < worse.mean < 100
    assert "tok:zh" in score_texts(["服用五毫克"], ["服用五毫克"], "zh")[1].signature
