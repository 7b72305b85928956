"""The pivot: items born in another language get English, and by it every other language."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.rows.request import Request
from builders.sources.items import ITEMS, build_items
from builders.translate.machine.machine import Machine
from builders.translate.memory import MemoryFiles, build_memory
from builders.translate.packages.package import Package
from builders.translate.pivot import ASIDE, build_pivot
from globmed.languages import select
from tests.builders.sources.fixtures import FIXTURES, write
from tests.builders.translate.test_memory import tmx, unit

QUESTION = "Quel organe filtre le sang pour former l'urine ?"
FRENCH = {
    QUESTION: "Which organ filters 5 litres of blood into urine?",
    "Rein": "Kidney",
    "Foie": "Liver",
    "Rate": "Spleen",
    "Poumon": "Lung",
    "Os": "Bone",
}
SWAHILI = {
    "Which organ filters 5 litres of blood into urine?": "Kiungo gani huchuja lita 5 za damu kuwa mkojo?",
    "Kidney": "Figo",
    "Liver": "Ini",
    "Spleen": "Wengu",
    "Lung": "Pafu",
    "Bone": "Mfupa",
}
NATIVE = "frenchmedmcqa/validation/1f"


def sources(folder: Path, question: str = QUESTION) -> Path:
    files = FIXTURES["frenchmedmcqa"].copy()
    files["corpus/dev.json"][0]["question"] = question
    write(folder / "sources" / "frenchmedmcqa", files)
    return folder / "sources"


def memory(folder: Path, texts: dict[str, str], origin: str = "human") -> Path:
    units = [unit(english, french, "fr", origin) for french, english in texts.items()]
    return tmx(folder / "en-fr.tmx", *units)


def pivoted(
    folder: Path, texts: dict[str, str], question: str, origin: str, package: Package | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return all items, and the English rows that are withheld."""
    build_items(sources(folder, question), folder / "items")
    build_memory(MemoryFiles([memory(folder, texts, origin)]), folder / "memory.parquet")
    machine = None if package is None else Machine(package.path.parent, folder / "store")
    packages = {} if package is None else {"fr": package}
    build_pivot(folder / "items" / ITEMS, folder / "memory.parquet", folder / "pivot", packages, machine)
    return pl.read_parquet(folder / "pivot" / ITEMS), pl.read_parquet(folder / "pivot" / ASIDE)


FIVE = "Quel organe filtre 5 litres de sang pour former l'urine ?"
WITH_FIVE = {FIVE: FRENCH[QUESTION], **{french: english for french, english in FRENCH.items() if french != QUESTION}}


@pytest.mark.parametrize("origin", ["human", "machine"])
def test_english_of_a_memory_has_the_id_and_the_facts_of_the_native_item(origin: str, tmp_path: Path) -> None:
    items, withheld = pivoted(tmp_path, WITH_FIVE, FIVE, origin)
    english, native = items.sort("language").iter_rows(named=True)
    assert (native["language"], native["origin"], english["language"], english["origin"]) == (
        *("fr", "original", "en"),
        origin,
    )
    assert english["question"] == "Which organ filters 5 litres of blood into urine?"
    assert [option["text"] for option in english["options"]] == ["Kidney", "Liver", "Spleen", "Lung", "Bone"]
    for name in ("id", "source", "split", "answer", "country", "specialty", "subject", "exam", "licence", "record_id"):
        assert english[name] == native[name]
    assert (english["engine"], english["package"], native["engine"]) == ("memory", "en-fr.tmx", None)
    assert withheld.is_empty()


def test_machine_english_with_another_number_is_withheld_and_the_native_item_stays(tmp_path: Path) -> None:
    wrong = {FIVE: "Which organ filters 50 litres of blood into urine?", **dict(list(WITH_FIVE.items())[1:])}
    items, withheld = pivoted(tmp_path, wrong, FIVE, "machine")
    assert items["language"].to_list() == ["fr"]
    assert withheld.select("id", "language").rows() == [(NATIVE, "en")]
    assert withheld["quality"].struct.field("critical").to_list() == [True]


def test_english_is_made_of_the_original_and_of_as_many_items_as_are_wanted(tmp_path: Path) -> None:
    items, _ = pivoted(tmp_path, WITH_FIVE, FIVE, "human")
    french = items.filter(language="fr")
    german = french.with_columns(language=pl.lit("de"), origin=pl.lit("human"))
    later = french.with_columns(id=pl.lit(NATIVE + "-later"))
    pl.concat([french, german, later]).write_parquet(tmp_path / "several.parquet")
    build_pivot(tmp_path / "several.parquet", tmp_path / "memory.parquet", tmp_path / "first", {}, limit=1)
    made = pl.read_parquet(tmp_path / "first" / ITEMS).filter(language="en")
    assert made.select("id", "package").rows() == [(NATIVE, "en-fr.tmx")]


def test_without_memory_or_package_an_item_stays_in_its_own_language(tmp_path: Path) -> None:
    items, withheld = pivoted(tmp_path, {"Rein": "Kidney"}, QUESTION, "human")
    assert items["language"].to_list() == ["fr"]
    assert withheld.is_empty()


@pytest.mark.model
def test_a_package_translates_what_the_memory_does_not_know(tmp_path: Path, toy_package: Package) -> None:
    package = replace(toy_package, source="fr", target="en")
    known = {french: english for french, english in FRENCH.items() if french != QUESTION}
    items, withheld = pivoted(tmp_path, known, QUESTION, "human", package)
    # What a toy says may be withheld or not; it is there, with both of its makers.
    (english,) = [*items.filter(language="en").iter_rows(named=True), *withheld.iter_rows(named=True)]
    assert (english["id"], english["engine"], english["origin"]) == (NATIVE, "argos + memory", "machine")
    assert english["package"] == f"en-fr.tmx + {package.name}"
    assert english["options"][0]["text"] == "Kidney"


def test_a_lone_original_of_a_source_with_english_is_translated_too(tmp_path: Path, toy_package: Package) -> None:
    """HEAD-QA publishes English; where that is faulty, the Spanish item is as one born without."""
    packages = tmp_path / "packages"
    for source in ("es", "de"):
        again = shutil.copytree(toy_package.path, packages / f"translate-{source}_en")
        about = json.loads((again / "metadata.json").read_text("utf-8")) | {"from_code": source, "to_code": "en"}
        (again / "metadata.json").write_text(json.dumps(about), "utf-8")
    write(tmp_path / "sources" / "headqa", FIXTURES["headqa"].files)
    request = Request(tmp_path / "sources", (), select("english,zulu"), None, Machine(packages, tmp_path / "store"))
    assert set(request.pivot_packages()) == {"es"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildFolder:
    """French questions in French, English, Swahili and Zulu; the memory knows no Zulu."""
    folder = tmp_path_factory.mktemp("native")
    swahili = tmx(folder / "en-sw.tmx", *(unit(*pair, "sw", "human") for pair in SWAHILI.items()))
    made = BuildFolder(folder / "build")
    memories = [memory(folder, WITH_FIVE), swahili]
    build(sources(folder, FIVE), memories, select("english,french,swahili,zulu"), made.root)
    return made


def rows(made: BuildFolder, config: str) -> list[dict[str, Any]]:
    files = sorted((made.rows / config).glob("*.parquet"))
    return pl.read_parquet(files).to_dicts() if files else []


def test_a_native_item_is_in_every_language_that_can_be_reached(built: BuildFolder) -> None:
    (french,), (english,), (swahili,) = (rows(built, config) for config in ("french", "english", "swahili"))
    assert [row["id"] for row in (french, english, swahili)] == [NATIVE] * 3
    assert [row["origin"] for row in (french, english, swahili)] == ["original", "human", "human"]
    assert {row["answer"] for row in (french, english, swahili)} == {"A"}
    assert {row["country"] for row in (french, english, swahili)} == {"FR"}
    assert swahili["question"] == "Kiungo gani huchuja lita 5 za damu kuwa mkojo?"
    assert rows(built, "zulu") == []


def test_each_hop_is_in_the_provenance(built: BuildFolder) -> None:
    said = [rows(built, config)[0]["provenance"] for config in ("french", "english", "swahili")]
    assert [each["engine"] for each in said] == [None, "memory", "memory > memory"]
    assert [each["package"] for each in said] == [None, "en-fr.tmx", "en-fr.tmx > en-sw.tmx"]
    assert {each["record_id"] for each in said} == {"1f"}
