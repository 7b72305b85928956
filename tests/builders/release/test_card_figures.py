"""What only the build knows, and the card says: the licence gate, leaks, gaps."""

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from builders.licences.gate import read_gate
from builders.release.candidate import Candidate, History, Plan, build_candidate
from builders.rows.artifacts.folder import BuildFolder
from builders.sources.audit.errata import ERRATA, SCHEMA
from globmed.errors import UserError
from globmed.records.manifest import MANIFEST
from globmed.storage.files import sha256
from globmed.versions import REPOSITORY
from globmed.versions.numbers import Version
from tests.cards.reading import by_name, images, tables

CRITICAL = pl.col("quality").struct.with_fields(critical=True, reasons=["number_changed"])


@pytest.fixture
def mixed_build(demo_build: BuildFolder, tmp_path: Path) -> BuildFolder:
    """The sample's build as if half of it were LiveQA's, which no repository may hold, and two rows were withheld."""
    copy = BuildFolder(tmp_path / "mixed")
    shutil.copytree(demo_build.root, copy.root)
    local = pl.when(pl.col("task") == "lfqa").then(pl.lit("liveqa")).otherwise("source").alias("source")
    for file in [*copy.rows.glob("*/*.parquet"), copy.items / "items.parquet"]:
        pl.read_parquet(file).with_columns(local).write_parquet(file)
    entry = json.loads((copy.items / "items.json").read_text("utf-8"))
    entry["sources"]["liveqa"] = entry["sources"]["sample"]
    (copy.items / "items.json").write_text(json.dumps(entry), "utf-8")
    assembled = copy.root / "assembled" / "zulu.parquet"
    rows = pl.read_parquet(assembled).with_row_index()
    two = (pl.col("index") < 2) & (pl.col("origin") == "machine")
    marked = pl.when(two).then(CRITICAL).otherwise("quality").alias("quality")
    rows.with_columns(marked).drop("index").write_parquet(assembled)
    report = json.loads(copy.report.read_text("utf-8"))
    gap = {"config": "zulu", "split": "train", "task": "mcqa", "rows": 0}
    report["coverage"] += [gap | {"source": "sample", "absent": 3}, gap | {"source": "liveqa", "absent": 9}]
    report["leaks"] = [
        {"source": "sample", "repeats": "liveqa", "items": 4},
        {"source": "liveqa", "repeats": "sample", "items": 5},
    ]
    copy.report.write_text(json.dumps(report), "utf-8")
    return copy


def plan(*, private: bool = False) -> Plan:
    return Plan(Version(0, 1, 0), REPOSITORY, private)


def test_the_card_counts_what_this_repository_may_hold(mixed_build: BuildFolder, tmp_path: Path) -> None:
    candidate = build_candidate(mixed_build, plan(), tmp_path / "candidate")
    card = (candidate / "README.md").read_text("utf-8")
    (leaks, born), (languages,) = tables(card)["How it was made"], tables(card)["Languages"]
    assert born[1:] == [["sample", "fr", "1", "1", "0"]]
    assert leaks[1:] == [["sample", "liveqa", "4"]]
    assert by_name(languages)["zulu"]["absent"] == "3"
    (page,) = tables((candidate / "languages" / "zulu.md").read_text("utf-8"))["Rows"]
    assert by_name(page)["all"]["of these withheld"] == "2"
    included, withheld = tables(card)["Sources"]
    assert [line[0] for line in included[1:]] == ["sample"]
    assert withheld[1][::2] == ["liveqa", "the publisher states no licence"]
    assert [path.name for path in (candidate / "LICENSES").iterdir()] == ["sample.md"]
    assert not any("lfqa" in line[1] for line in included[1:])


def test_the_errata_of_what_this_repository_may_hold_are_in_it(mixed_build: BuildFolder, tmp_path: Path) -> None:
    found = [{"source": name, "id": f"{name}/train/1", "kind": "missing figure"} for name in ("sample", "liveqa")]
    pl.DataFrame(found, schema=SCHEMA).write_parquet(mixed_build.items / ERRATA)
    candidate = build_candidate(mixed_build, plan(), tmp_path / "candidate")
    (line,) = pl.read_csv(candidate / "errata.csv").iter_rows(named=True)
    assert (line["source"], line["id"], line["kind"]) == ("sample", "sample/train/1", "missing figure")


def test_the_manifest_is_last_and_hashes_every_card(demo_candidate: Path) -> None:
    files = json.loads((demo_candidate / MANIFEST).read_text("utf-8"))["files"]
    cards = [
        *("README.md", "COLUMNS.md", "QUALITY.md", "LIMITATIONS.md"),
        "croissant.json",
        "figures/signals.svg",
        "languages/wolof.md",
        "LICENSES/sample.md",
        "CHANGELOG.md",
        "errata.csv",
    ]
    assert all(files[name]["sha256"] == sha256(demo_candidate / name) for name in cards)


def test_pictures_are_in_the_repository_and_described(demo_candidate: Path) -> None:
    pages = [images((demo_candidate / page).read_text("utf-8")) for page in ("README.md", "QUALITY.md")]
    assert [[path for path, _ in page] for page in pages] == [
        [f"figures/{name}.svg" for name in names]
        for names in (("origins", "specialties"), ("origins", "parity", "signals", "labels"))
    ]
    shown = dict(pages[0] + pages[1])
    for path, alternative in shown.items():
        picture = (demo_candidate / path).read_text("utf-8")
        described = " ".join(re.findall(r"<(?:title|desc) [^>]*>([^<]+)<", picture)[:2])
        assert described == alternative.replace(". ", " ", 1)
    assert "sample (37)" in (demo_candidate / "figures" / "parity.svg").read_text("utf-8")


def test_the_picture_in_the_documentation_is_the_card_s(demo_candidate: Path) -> None:
    """After `make demo`: ``cp build/demo/candidate/figures/specialties.svg docs/images/``."""
    kept = Path(__file__).parents[3] / "docs" / "images" / "specialties.svg"
    words = [
        re.findall(r">([^<>\n]+)</", (each).read_text("utf-8"))
        for each in (kept, demo_candidate / "figures" / kept.name)
    ]
    assert words[0] == words[1]


def test_the_same_build_gives_the_same_cards(small_build: BuildFolder, tmp_path: Path) -> None:
    history = History(Version(0, 0, 9), "# Changes\n", {"0.0.9": "a wrong dose of 5 µg"})
    one, two = (build_candidate(small_build, plan(), tmp_path / name / "candidate", history) for name in ("one", "two"))
    assert (one / MANIFEST).read_text("utf-8") == (two / MANIFEST).read_text("utf-8")
    manifest = json.loads((one / MANIFEST).read_text("utf-8"))
    assert list(manifest) == sorted(manifest)
    assert manifest["previous"] == "0.0.9"
    assert manifest["packages"].keys() >= {"polars", "pyarrow"}
    assert manifest["files"]["yanked.json"]["sha256"] == sha256(one / "yanked.json")
    assert (one / "yanked.json").read_text("utf-8") == '{\n "0.0.9": "a wrong dose of 5 µg"\n}\n'
    assert "`v0.0.9`: a wrong dose of 5 µg" in (one / "README.md").read_text("utf-8")


def test_a_candidate_has_the_languages_that_were_built(tmp_path: Path) -> None:
    build = BuildFolder(tmp_path)
    for name in ("zulu", "english"):
        (build.rows / name).mkdir(parents=True)
    wanted = Candidate(build, plan(), tmp_path / "candidate").wanted()
    assert [entry.name for entry in wanted] == ["english", "zulu"]


def test_a_build_of_which_nothing_may_be_published_is_no_candidate(small_build: BuildFolder, tmp_path: Path) -> None:
    decision = tmp_path / "decisions.toml"
    fields = ('source = "sample"', 'publish = "local"', 'reason = "ours"', 'decided_by = "us"', "date = 2026-01-02")
    decision.write_text("\n".join(["[[decision]]", *fields]), "utf-8")
    nothing = Plan(Version(0, 1, 0), REPOSITORY, private=True, gate=read_gate(decision))
    with pytest.raises(UserError, match=r"no row may be published in globmed/GlobMed; withheld: sample \(ours"):
        build_candidate(small_build, nothing, tmp_path / "candidate")
    assert not list(tmp_path.glob("candidate*"))
