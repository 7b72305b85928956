"""The codes that packages write for their languages, and which languages they serve."""

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders.commands.translator import app
from builders.translate.packages.corpus import Direction, Pair, read_corpus
from builders.translate.packages.install import install_archive, install_from_index, targets_in_index
from builders.translate.packages.package import Package, find_package, newest_packages
from globmed.errors import UserError
from tests.builders.translate.test_memory import tmx, unit

#: As an index of Argos Translate has them, and as other makers write them.
TARGETS = {"zh": "zh", "zt": "zh-Hant", "pt": "pt", "pb": "pt-BR", "swa": "sw", "zul_ZA": "zu-ZA", "ar": "ar"}


def archive(folder: Path, source: str, target: str) -> Path:
    """Return a package without a real model: nothing is translated with it."""
    path = folder / f"{source}_{target}.argosmodel"
    metadata = {"from_code": source, "to_code": target, "package_version": "1.0", "type": "translate"}
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr(f"{source}_{target}/metadata.json", json.dumps(metadata))
        for name in ("model/model.bin", "sentencepiece.model"):
            zipped.writestr(f"{source}_{target}/{name}", f"{source} {target}")
    return path


def index(folder: Path) -> Path:
    entries = [
        {"from_code": "en", "to_code": code, "package_version": "1.0", "links": [str(archive(folder, "en", code))]}
        for code in TARGETS
    ]
    path = folder / "index.json"
    path.write_text(json.dumps(entries), "utf-8")
    return path


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    for code in TARGETS:
        install_archive(archive(tmp_path, "en", code), tmp_path / "packages")
    install_archive(archive(tmp_path, "pb", "eng"), tmp_path / "packages")
    return tmp_path / "packages"


def test_a_package_serves_the_language_that_its_code_names_and_no_other(packages: Path) -> None:
    found = newest_packages(packages, "en")
    assert {tag: package.codes for tag, package in found.items()} == {
        tag: ("en", code) for code, tag in TARGETS.items()
    }
    assert list(newest_packages(packages, "pt-BR")) == ["en"]
    assert newest_packages(packages, "pt") == {}


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [("en", "zt", "zt"), ("eng", "zh-TW", "zt"), ("en", "zh", "zh"), ("en", "zh-Hans", "zh"), ("en", "pt_BR", "pb")],
)
def test_a_package_is_found_by_any_code_of_its_language(packages: Path, source: str, target: str, code: str) -> None:
    assert find_package(packages, source, target).codes == ("en", code)


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ("en-zt", "zt"),
        ("en-zh-Hant", "zt"),
        ("en-zh", "zh"),
        ("en-pb", "pb"),
        ("en-pt-BR", "pb"),
        ("en-pt", "pt"),
        ("en-sw", "swa"),
    ],
)
def test_the_index_is_asked_by_any_code(tmp_path: Path, pair: str, code: str) -> None:
    package = install_from_index(pair, tmp_path / "packages", str(index(tmp_path)))
    assert (package.codes, package.target) == (("en", code), TARGETS[code])
    assert package.path.name == f"en_{code}-1.0", "Argos Translate finds it by its own code"


def test_what_the_index_has_is_told_by_tag(tmp_path: Path) -> None:
    assert targets_in_index(str(index(tmp_path)), "en") == set(TARGETS.values())
    with pytest.raises(UserError, match="no package en-yo; from 'en' it has ar, pt, pt-BR, sw, zh, zh-Hant, zu-ZA"):
        install_from_index("en-yo", tmp_path / "packages", str(index(tmp_path)))


@pytest.mark.parametrize(("code", "tag"), [("zt", "zh-Hant (zt)"), ("pb", "pt-BR (pb)"), ("ar", "ar")])
def test_install_says_by_name_what_no_build_uses(tmp_path: Path, code: str, tag: str) -> None:
    done = CliRunner().invoke(app, ["install", str(archive(tmp_path, "en", code)), "--dir", str(tmp_path / "packages")])
    assert done.exit_code == 0
    assert f"translate-en_{code} is for {tag}, which is not in the language list" in " ".join(done.output.split())


@pytest.mark.parametrize("code", ["zh", "pt", "swa", "cmn"])
def test_install_says_nothing_of_a_package_for_a_listed_language(tmp_path: Path, code: str) -> None:
    done = CliRunner().invoke(app, ["install", str(archive(tmp_path, "en", code)), "--dir", str(tmp_path / "packages")])
    assert done.exit_code == 0
    assert "language list" not in done.output


@pytest.mark.parametrize("direction", [Direction("en", "swa"), Direction("eng", "swh"), Direction("en", "sw")])
def test_a_memory_trains_a_pair_by_any_code(tmp_path: Path, direction: Direction) -> None:
    file = tmx(tmp_path / "A.TMX", unit("Fever", "homa", "sw_KE"))
    assert read_corpus(str(file), direction) == [Pair("Fever", "homa")]
    assert read_corpus(str(file), Direction(*reversed(direction))) == [Pair("homa", "Fever")]


def test_a_package_keeps_its_own_codes_for_the_tokenizer(packages: Path) -> None:
    package: Package = find_package(packages, "en", "zt")
    assert (package.source, package.target, package.codes) == ("en", "zh-Hant", ("en", "zt"))
    assert package.name == "translate-en_zt"
