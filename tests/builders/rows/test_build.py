"""From upstream files to rows, on small sources in their publishers' formats."""

import json
import os
import re
from pathlib import Path

import polars as pl
import pytest

from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.rows.reviews import RECORD, record_name
from builders.translate.machine.engine import Hardware
from builders.translate.machine.machine import Machine
from builders.translate.packages.package import Package
from globmed.errors import UserError
from globmed.languages import select
from globmed.schema import arrow_schema, polars_schema
from globmed.storage.parquet import write_parquet
from tests.builders.sources.fixtures import FIXTURES, write
from tests.builders.translate.test_memory import tmx, tmx_text, unit, variants
from tests.conftest import SAMPLE, Globmed
from tests.support.programs import run_python

QUESTION = "Which vitamin does sunlight make in the skin?"
OPTIONS = ["Vitamin A", "Vitamin B12", "Vitamin C", "Vitamin D"]


def headqa_file(question: str, options: list[str], language: str) -> str:
    answers = [{"aid": number, "atext": text} for number, text in enumerate(options, 1)]
    record = {"qid": "1", "qtext": question, "ra": "4", "answers": answers, "image": ""}
    exam = {"name": "Exam_2020_1", "year": "2020", "category": "medicine", "data": [record]}
    return json.dumps({"version": "1.0", "language": language, "exams": {"Exam_2020_1": exam}})


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """One HeadQA item in English and Spanish, and one of the sample's in English."""
    folder = tmp_path / "sources"
    for name, language, question, options in (
        ("HEAD_EN", "en", QUESTION, OPTIONS),
        (
            "HEAD",
            "es",
            "¿Qué vitamina forma la luz del sol en la piel?",
            [o.replace("Vitamin", "Vitamina") for o in OPTIONS],
        ),
    ):
        file = folder / "headqa" / name / f"test_{name}.json"
        file.parent.mkdir(parents=True)
        file.write_text(headqa_file(question, options, language), "utf-8")
    item = {
        "id": "fever",
        "split": "train",
        "task": "lfqa",
        "question": "What is a fever?",
        "context": None,
        "premise": None,
        "hypothesis": None,
        "options": None,
        "answer": None,
        "long_answer": "A body temperature above 38 °C.",
    }
    (folder / "sample").mkdir()
    (folder / "sample" / "items.jsonl").write_text(json.dumps(item) + "\n", "utf-8")
    return folder


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """Swahili for all of the sample's item, and for all but one option of HeadQA's; Yoruba for half an item."""
    return tmx(
        tmp_path / "memory.tmx",
        unit("What is a fever?", "Homa ni nini?", origin="human"),
        unit("A body temperature above  38 °C.", "Joto la mwili zaidi ya 38 °C.", origin="machine"),
        unit(QUESTION, "Mwanga wa jua hutengeneza vitamini gani kwenye ngozi?", origin="human"),
        *[unit(option, option.replace("Vitamin", "Vitamini"), origin="human") for option in OPTIONS[:3]],
        unit("What is a fever?", "Kí ni ibà?", "yo", origin="human"),
    )


def rows(out: Path, config: str, split: str) -> pl.DataFrame:
    return pl.read_parquet(sorted((BuildFolder(out).rows / config).glob(f"{split}-*.parquet")))


def test_an_item_has_a_row_where_every_segment_is_translated(tmp_path: Path, sources: Path, memory: Path) -> None:
    build(sources, [memory], select("english,swahili,yoruba"), tmp_path / "out")
    (row,) = rows(tmp_path / "out", "swahili", "train").to_dicts()
    assert row["id"] == "sample/train/fever"
    assert (row["question"], row["long_answer"]) == ("Homa ni nini?", "Joto la mwili zaidi ya 38 °C.")
    assert row["origin"] == "machine", "the weakest of the row's texts"
    assert row["provenance"]["engine"] == "memory"
    assert row["provenance"]["package"] == "memory.tmx"
    assert row["review"]["status"] == "unreviewed"
    assert not list((tmp_path / "out" / "rows" / "swahili").glob("test-*")), "one option has no translation"
    assert not list((tmp_path / "out" / "rows" / "yoruba").iterdir()), "its long answer has no translation"


def test_the_build_says_what_it_read_and_used_of_the_memory(
    tmp_path: Path, sources: Path, memory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmx(tmp_path / "other.tmx", unit("What is a fever?", "Homa ni nini?", "swh"), unit("Fever", "febris", "la"))
    said = "translation memory: 9 units in 2 files read, 8 used (sw 7, yo 1); left out: 1 without text in a listed"
    for _ in range(2):
        build(sources, [memory, other], select("english,swahili"), tmp_path / "out", "human")
        assert said in " ".join(capsys.readouterr().err.split()), "also where the stage is up to date"
    told = json.loads(BuildFolder(tmp_path / "out").report.read_text("utf-8"))["memory"]
    assert (told["units"], told["used"], told["unlisted"]) == (9, 8, {"la": 1})
    build(sources, [memory], select("english,spanish"), tmp_path / "out")
    said = "7 units in 1 files read, 7 used (sw 6, yo 1); none in a language of this build"
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            tmx_text(unit("Fever", "febris", "la")),
            "nothing of this translation memory is used (8 units in 2 files read",
        ),
        (
            tmx_text(variants(("en", "Fever"), ("zh-TW", "發燒"))),
            "1 without text in a listed language; languages of no entry (zh-TW 1)",
        ),
        (tmx_text().replace("tmx", "map"), "its root is <map>"),
        ("<html><body><p>Sign in</p></body></html>", "its root is <html>"),
        ("", "no element found"),
    ],
    ids=["Latin", "Traditional", "a map", "a page", "0 bytes"],
)
def test_a_memory_of_which_nothing_is_used_stops_the_build(
    tmp_path: Path, sources: Path, memory: Path, text: str, said: str
) -> None:
    folder = tmp_path / "human"
    folder.mkdir()
    (folder / "a.tmx").write_text(text, "utf-8")
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        build(sources, [memory, folder], select("english,swahili"), tmp_path / "out", "human")
    assert str(folder) in str(caught.value)
    assert not BuildFolder(tmp_path / "out").report.exists()


def test_a_memory_without_units_has_nothing_to_lose(tmp_path: Path, sources: Path, memory: Path) -> None:
    (tmp_path / "begun").mkdir()
    tmx(tmp_path / "begun" / "a.tmx")
    build(sources, [memory, tmp_path / "begun"], select("english,swahili"), tmp_path / "out")
    assert json.loads(BuildFolder(tmp_path / "out").report.read_text("utf-8"))["memory"]["units"] == 7


def test_a_memory_of_reviews_alone_needs_no_translations(tmp_path: Path, sources: Path, memory: Path) -> None:
    reviewed = tmp_path / "reviewed"
    reviewed.mkdir()
    tmx(reviewed / "reviewed-sw.tmx")
    write_parquet(pl.DataFrame(schema=RECORD), reviewed / record_name(select("swahili")[0]))
    build(sources, [memory, reviewed], select("english,swahili"), tmp_path / "out")


def test_upstream_text_in_the_language_comes_before_translation(tmp_path: Path, sources: Path, memory: Path) -> None:
    build(sources, [memory], select("english,spanish"), tmp_path / "out")
    (spanish,), (english,) = (rows(tmp_path / "out", config, "test").to_dicts() for config in ("spanish", "english"))
    assert spanish["id"] == english["id"] == "headqa/test/Exam_2020_1/1"
    assert spanish["question"].startswith("¿Qué vitamina")
    assert (spanish["origin"], english["origin"]) == ("original", "machine")
    assert spanish["answer"] == english["answer"] == "D"
    assert [option["label"] for option in spanish["options"]] == ["A", "B", "C", "D"]


def test_rows_have_the_released_schema(tmp_path: Path, sources: Path, memory: Path) -> None:
    build(sources, [memory], select("english"), tmp_path / "out")
    path = BuildFolder(tmp_path / "out").rows / "english" / "test-headqa.parquet"
    assert pl.read_parquet_schema(path) == polars_schema()
    assert pl.read_parquet(path).to_arrow().schema.names == arrow_schema().names


def test_a_build_that_fails_leaves_nothing_to_release(tmp_path: Path, sources: Path, memory: Path) -> None:
    build(sources, [memory], select("english"), tmp_path / "out")
    (sources / "sample" / "items.jsonl").write_text("broken")
    with pytest.raises(UserError):
        build(sources, [memory], select("english"), tmp_path / "out")
    assert not BuildFolder(tmp_path / "out").report.exists()


def test_absent_items_are_counted(tmp_path: Path, sources: Path, memory: Path) -> None:
    coverage = build(sources, [memory], select("english,swahili"), tmp_path / "out")
    absent = {(row["config"], row["source"]): (row["rows"], row["absent"]) for row in coverage.to_dicts()}
    assert absent == {
        ("english", "headqa"): (1, 0),
        ("english", "sample"): (1, 0),
        ("swahili", "headqa"): (0, 1),
        ("swahili", "sample"): (1, 0),
    }
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["coverage"] == coverage.to_dicts()


def test_a_second_build_does_nothing_and_a_changed_language_list_only_its_part(
    tmp_path: Path, sources: Path, memory: Path
) -> None:
    out = tmp_path / "out"
    build(sources, [memory], select("english,swahili"), out)
    made = {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
    build(sources, [memory], select("english,swahili"), out)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")} == made
    build(sources, [memory], select("english"), out)
    assert sorted(path.name for path in (out / "rows").iterdir() if path.name != ".stages") == ["english"]
    assert (out / "items" / "items.parquet").stat().st_mtime_ns == made[out / "items" / "items.parquet"]


def test_a_translation_that_changes_a_dose_is_withheld_whoever_made_it(tmp_path: Path, sources: Path) -> None:
    found = {}
    for origin in ("machine", "human", "postedited"):
        wrong = tmx(
            tmp_path / "wrong.tmx",
            unit("What is a fever?", "Homa ni nini?", origin=origin),
            unit("A body temperature above 38 °C.", "Joto la mwili zaidi ya 83 °C.", origin=origin),
        )
        build(sources, [wrong], select("english,swahili"), tmp_path / origin)
        report = json.loads(BuildFolder(tmp_path / origin).report.read_text())
        made = bool(list((tmp_path / origin / "rows" / "swahili").glob("train-*")))
        found[origin] = made, [(each["config"], each["reason"], each["rows"]) for each in report["withheld"]]
    assert found == dict.fromkeys(found, (False, [("swahili", "number_changed", 1)]))


@pytest.mark.slow
@pytest.mark.model
def test_a_package_translates_what_the_memory_does_not_know(
    tmp_path: Path, sources: Path, memory: Path, toy_package: Package
) -> None:
    out = tmp_path / "out"
    machine = Machine(toy_package.path.parent, tmp_path / "store", hardware=Hardware(threads=1))
    coverage = build(sources, [memory], select("english,swahili,yoruba"), out, machine=machine)
    row, fever = pl.read_parquet(out / "assembled" / "swahili.parquet").sort("id").to_dicts()
    known = [len(text) for text in (QUESTION, *OPTIONS[:3])]
    provenance = row["provenance"]
    assert row["origin"] == "machine"
    # The English is the publisher's translation of the Spanish.
    both = "Google Translate, by the publisher > argos + memory"
    assert (provenance["engine"], provenance["package"]) == (both, "memory.tmx + translate-en_sw")
    assert (provenance["version"], provenance["sha256"]) == (toy_package.version, toy_package.identity)
    assert provenance["memory"] == pytest.approx(sum(known) / (sum(known) + len(OPTIONS[3])))
    assert not list((out / "rows" / "yoruba").glob("test-*")), "there is no package for it"
    assert (fever["provenance"]["engine"], fever["provenance"]["memory"]) == ("memory", 1.0)
    report = json.loads(BuildFolder(out).report.read_text())
    made = {each["engine"] for each in report["provenance"] if each["config"] == "swahili"}
    # What the toy model makes of a word that it never saw differs from processor to processor.
    withheld = row["quality"]["critical"]
    assert bool(list((out / "rows" / "swahili").glob("test-*"))) != withheld
    assert made == ({"memory"} if withheld else {"memory", both})
    assert {each["source"] for each in report["withheld"]} == ({"headqa"} if withheld else set())
    absent = dict(coverage.group_by("config").agg(pl.col("absent").sum()).iter_rows())
    assert (absent["swahili"], absent["yoruba"]) == (int(withheld), 2)


@pytest.mark.slow
def test_the_command_translates(tmp_path: Path, sources: Path, toy_package: Package, globmed: Globmed) -> None:
    out = tmp_path / "out"
    packages = toy_package.path.parent
    done = globmed("build", "--sources", sources, "--languages", "swahili", "--packages", packages, "--out", out)
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(out / "assembled" / "swahili.parquet").height == 2
    assert (out / "store").is_dir()


BUILD = """
import os, sys
from pathlib import Path
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[1])])
from builders.rows.build import build
from globmed.errors import UserError
from globmed.languages import select
build(Path(sys.argv[2]), [Path(sys.argv[3])], select("english,french,swahili"), Path(sys.argv[4]))
"""


@pytest.mark.slow
def test_the_number_of_threads_changes_no_byte(tmp_path: Path) -> None:
    written = []
    for cores in (1, 2, 8):
        out = tmp_path / str(cores)
        done = run_python(["-c", BUILD, str(cores), SAMPLE.parent, SAMPLE / "tmx", out], os.environ)
        assert done.returncode == 0, done.stderr
        written.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*.parquet")})
    assert len(written[0]) > 12
    assert written[0] == written[1] == written[2]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, sources: Path, memory: Path) -> None:
    for name in ("one", "two"):
        build(sources, [memory], select("english,spanish,swahili"), tmp_path / name)
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.parquet")}
        for name in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize("both", [True, False])
def test_two_editions_of_the_same_records_are_told(
    both: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("casimedicos", "medexpqa") if both else ("casimedicos",):
        write(tmp_path / "sources" / name, FIXTURES[name].files)
    build(tmp_path / "sources", [], select("english"), tmp_path / "out")
    said = "casimedicos: medexpqa has the same records"
    assert (said in " ".join(capsys.readouterr().err.split())) == both
