"""Evidence beside the rows: what of it is asked for is in them, and nothing else of the build changes."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from sacrebleu.metrics.chrf import CHRF

from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build, build_again
from builders.rows.evidence import NOTHING, Wanted, build_estimates
from builders.translate.machine.engine import Hardware
from builders.translate.machine.lines import translate_lines
from builders.translate.machine.machine import Machine
from builders.translate.packages.package import Package, read_package
from globmed.errors import UserError
from globmed.languages import language, select
from globmed.schema import SIGNALS
from tests.builders.translate.packages.toy import WORDS
from tests.conftest import SAMPLE, Globmed
from tests.validation.signals.evidence.test_comet import write_model

SWAHILI = language("sw")
QUESTION = "Give 12 mg: three, four, five, six."
ANSWER = "Give 30 mg: one, two, seven, nine."
SAID = "Pa 30 mg: moja, mbili, saba, tisa."


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """One item in the toy package's English."""
    item = json.loads((SAMPLE / "items.jsonl").read_text("utf-8").splitlines()[0])
    item |= dict.fromkeys(("context", "premise", "hypothesis", "options", "answer"))
    item |= {"id": "toy", "split": "train", "task": "lfqa", "question": QUESTION, "long_answer": ANSWER}
    (tmp_path / "sources" / "sample").mkdir(parents=True)
    (tmp_path / "sources" / "sample" / "items.jsonl").write_text(json.dumps(item) + "\n", "utf-8")
    return tmp_path / "sources"


@pytest.fixture
def packages(tmp_path: Path, toy_package: Package) -> Path:
    """The toy package, and the same said to translate the other way."""
    shutil.copytree(toy_package.path, tmp_path / "packages" / "en_sw")
    back = shutil.copytree(toy_package.path, tmp_path / "packages" / "sw_en")
    metadata = json.loads((back / "metadata.json").read_text("utf-8"))
    (back / "metadata.json").write_text(json.dumps({**metadata, "from_code": "sw", "to_code": "en"}), "utf-8")
    return tmp_path / "packages"


def only_row(out: Path) -> dict[str, object]:
    (row,) = pl.read_parquet(BuildFolder(out).assembled(SWAHILI)).to_dicts()
    return dict(row)


@pytest.mark.slow
@pytest.mark.model
def test_evidence_is_in_the_rows_and_changes_nothing_else(tmp_path: Path, sources: Path, packages: Path) -> None:
    out = tmp_path / "out"
    machine = Machine(packages, tmp_path / "store", hardware=Hardware(threads=1))
    glossaries, model = tmp_path / "glossaries", write_model(tmp_path / "model")
    glossaries.mkdir()
    (glossaries / "swahili.csv").write_text(f"source,target\nthree,{WORDS[3]}\nfour,{WORDS[4]}\n", "utf-8")
    build(sources, [], select("english,swahili"), out, machine=machine)
    without = only_row(out)
    wanted = Wanted(glossaries, round_trip=True, estimator=str(model))
    build(sources, [], select("english,swahili"), out, machine=machine, evidence=wanted)
    found = only_row(out)
    quality, before = found.pop("quality"), without.pop("quality")
    assert isinstance(quality, dict)
    assert isinstance(before, dict)
    assert found == without
    for signal in set(SIGNALS) - {"terminology", "round_trip", "estimator"}:
        assert quality[signal] == before[signal]
    assert quality["terminology"] is not None
    assert quality["estimator"] == pl.read_parquet(BuildFolder(out).estimates(SWAHILI))["estimator"].min()
    said = [str(found["question"]), str(found["long_answer"])]
    back, _ = translate_lines(read_package(packages / "sw_en"), said, threads=1, beam=4)
    trips = [CHRF(word_order=0).sentence_score(*pair) for pair in zip(back, ([QUESTION], [ANSWER]), strict=True)]
    assert quality["round_trip"] == pytest.approx(min(trip.score for trip in trips) / 100)
    inputs = json.loads(BuildFolder(out).inputs.read_text("utf-8"))
    assert set(inputs["engines"]) == {"sw", "sw-back"}
    assert (set(inputs["glossaries"]), inputs["round_trip"]) == ({"swahili"}, True)
    assert len(inputs["estimator"]) == 64
    build_again(BuildFolder(out))
    assert json.loads(BuildFolder(out).inputs.read_text("utf-8")) == inputs
    (glossaries / "swahili.csv").write_text("source,target\nthree,nothing\nfour,nothing\n", "utf-8")
    build_again(BuildFolder(out))
    after = only_row(out)["quality"]
    assert isinstance(after, dict)
    assert (after["terminology"], after["round_trip"]) == (0.0, quality["round_trip"])


def test_nothing_is_asked_for_where_nothing_is_wanted(tmp_path: Path, sources: Path) -> None:
    out = tmp_path / "out"
    build(sources, [], select("english"), out)
    inputs = json.loads(BuildFolder(out).inputs.read_text("utf-8"))
    assert (inputs["glossaries"], inputs["round_trip"], inputs["estimator"]) == ({}, False, None)
    assert not (out / "back").exists()
    assert NOTHING.glossary(SWAHILI) is None


def test_two_glossaries_of_a_language_are_an_error(tmp_path: Path) -> None:
    for name in ("swahili.csv", "swahili.tbx"):
        (tmp_path / name).touch()
    with pytest.raises(UserError, match=r"two glossaries of swahili \(swahili\.csv, swahili\.tbx\)"):
        Wanted(tmp_path).glossary(SWAHILI)
    assert replace(NOTHING, glossaries=tmp_path).glossary(language("zu")) is None


@pytest.mark.parametrize("name", ["swahili.csv", "Swahili.CSV", "sw.tsv", "SWA.csv", "sw-KE.csv"])
def test_a_glossary_is_named_after_its_language(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("source,target\nfever,homa\n", "utf-8")
    assert Wanted(tmp_path).glossary(SWAHILI) == tmp_path / name
    assert Wanted(tmp_path).nobodys_glossaries() == []


def test_a_glossary_that_no_language_has_is_named(
    tmp_path: Path, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("zh-TW.csv", "klingon.tbx", "README.md", "zulu.csv"):
        (tmp_path / "glossaries").mkdir(exist_ok=True)
        (tmp_path / "glossaries" / name).write_text("source,target\n", "utf-8")
    assert Wanted(tmp_path / "glossaries").glossary(language("zh")) is None
    build(sources, [], select("english"), tmp_path / "out", evidence=Wanted(tmp_path / "glossaries"))
    assert "glossaries of no listed language, not used: klingon.tbx, zh-TW.csv" in capsys.readouterr().err


def test_what_was_estimated_is_not_estimated_again(tmp_path: Path) -> None:
    segments, translations = tmp_path / "segments.parquet", tmp_path / "sw.parquet"
    pl.DataFrame({"key": ["1", "2"], "text": [QUESTION, ANSWER]}).write_parquet(segments)
    made = {"key": ["1", "2"], "text": ["Pa 12 mg.", SAID], "origin": ["machine", "human"]}
    pl.DataFrame(made).write_parquet(translations)
    model, store = write_model(tmp_path / "model"), tmp_path / "store"
    build_estimates(segments, translations, str(model), store, tmp_path / "first.parquet")
    (kept,) = store.glob("*/*.parquet")
    first = pl.read_parquet(tmp_path / "first.parquet")
    assert first["target"].to_list() == ["Pa 12 mg."], "of people's translations none"
    first.with_columns(estimator=pl.lit(0.125)).write_parquet(kept)
    build_estimates(segments, translations, str(model), store, tmp_path / "again.parquet")
    assert pl.read_parquet(tmp_path / "again.parquet")["estimator"].to_list() == [0.125]


def test_the_command_scores_pairs_with_a_model(tmp_path: Path, globmed: Globmed) -> None:
    pairs, out = tmp_path / "pairs.tsv", tmp_path / "out.parquet"
    pairs.write_text(f"source\ttarget\n{ANSWER}\t{SAID}\n", "utf-8")
    arguments = ("signals", "--pairs", pairs, "--from", "en", "--to", "sw", "--out", out, "--estimator")
    done = globmed(*arguments, write_model(tmp_path / "model"))
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(out)["estimator"].null_count() == 0
    failed = globmed(*arguments, tmp_path)
    assert failed.returncode == 2
    assert "not a model of the COMET family" in failed.stderr
