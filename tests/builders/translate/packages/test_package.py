"""From parallel text to a package that plain Argos Translate loads."""

import json
import zipfile
from pathlib import Path

import pytest
import torch
from transformers import MarianMTModel

from builders.translate.machine.lines import translate_lines
from builders.translate.packages.convert import Codes, agreement, open_checkpoint, package_checkpoint
from builders.translate.packages.install import install_archive, install_from_index
from builders.translate.packages.pack import Contents, Label, pack
from builders.translate.packages.package import Package, find_package, installed_packages
from builders.translate.training.train import train
from globmed.errors import UserError
from globmed.storage.files import sha256
from tests.builders.conftest import Argos
from tests.builders.translate.packages.toy import seeded, sentence
from tests.builders.translate.training.train_toy import toy_task

pytestmark = [pytest.mark.slow, pytest.mark.model]


def unseen(count: int) -> list[tuple[str, str]]:
    rng = seeded(99)
    return [sentence(rng) for _ in range(count)]


@pytest.fixture(scope="module")
def toy_training(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training that has learned most of the toy language."""
    folder = tmp_path_factory.mktemp("toy")
    train(toy_task(folder, steps=500, evaluate_every=100), folder / "run")
    return folder / "run"


@pytest.fixture(scope="module")
def trained_package(toy_training: Path) -> Package:
    """Its package, installed."""
    checkpoint = open_checkpoint(str(toy_training / "model"))
    archive = package_checkpoint(checkpoint, Codes(), Label("en", "sw"), toy_training / "trained.argosmodel")
    return install_archive(archive, toy_training / "packages")


def test_a_trained_package_has_learned_the_language(trained_package: Package) -> None:
    sources, targets = zip(*unseen(100), strict=True)
    translated = translate_lines(trained_package, sources, threads=2)[0]
    # 84 with oneDNN's int8 and 91 with MKL's, of one training; another processor trains otherwise.
    assert sum(map(str.__eq__, translated, targets)) > 50


def test_plain_argos_gives_the_same_strings(trained_package: Package, argos: Argos) -> None:
    """Right or wrong: the sentences that a model is in doubt about are among them."""
    sources = [source for source, _ in unseen(100)]
    assert argos(trained_package, sources) == translate_lines(trained_package, sources, threads=2)[0]


def test_the_package_that_is_kept_says_the_same_on_every_processor(toy_package: Package) -> None:
    sources, targets = zip(*unseen(100), strict=True)
    assert translate_lines(toy_package, sources, threads=2)[0] == list(targets)


def test_the_converted_model_says_what_the_trained_one_says(toy_training: Path) -> None:
    checkpoint = open_checkpoint(str(toy_training / "model"))
    assert agreement(checkpoint, [source for source, _ in unseen(50)]) >= 0.96, "all but near-ties"


def test_the_row_of_pad_is_zero_and_nothing_is_pickled(toy_training: Path) -> None:
    model = MarianMTModel.from_pretrained(toy_training / "model")
    assert torch.count_nonzero(model.get_parameter("model.shared.weight")[-1]) == 0
    assert not list((toy_training / "model").glob("*.bin"))
    assert not list(toy_training.rglob("training_args.bin"))


def test_packing_again_gives_the_same_bytes(toy_package: Package, tmp_path: Path) -> None:
    contents = Contents(toy_package.model, toy_package.tokenizer)
    first, second = (pack(Label("en", "sw"), contents, tmp_path / name) for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as zipped:
        assert {name.split("/")[0] for name in zipped.namelist()} == {"translate-en_sw-1_0"}
        assert json.loads(zipped.read("translate-en_sw-1_0/model/config.json"))["add_source_eos"] is True


def test_the_metadata_say_what_argos_reads_and_what_we_add(toy_package: Package) -> None:
    metadata = json.loads((toy_package.path / "metadata.json").read_text("utf-8"))
    assert metadata["from_name"] == "English"
    assert metadata["notes"]["licence"] == "CC0-1.0"


def test_the_newest_version_of_a_pair_is_found(toy_package: Package, tmp_path: Path) -> None:
    contents = Contents(toy_package.model, toy_package.tokenizer)
    for version in ("1.2", "1.10", "1.9"):
        archive = pack(Label("en", "sw", version), contents, tmp_path / f"{version}.argosmodel")
        install_archive(archive, tmp_path / "packages")
    assert len(installed_packages(tmp_path / "packages")) == 3
    assert find_package(tmp_path / "packages", "en", "sw").version == "1.10"
    with pytest.raises(UserError, match="installed: en-sw, en-sw, en-sw"):
        find_package(tmp_path / "packages", "en", "zu")


def test_a_package_is_installed_once_and_replaced_only_when_asked(toy_archive: Path, tmp_path: Path) -> None:
    first = install_archive(toy_archive, tmp_path / "packages")
    assert install_archive(toy_archive, tmp_path / "packages") == first
    contents = Contents(first.model, first.tokenizer, source_eos=False)
    other = pack(Label("en", "sw"), contents, tmp_path / "other.argosmodel")
    with pytest.raises(UserError, match="give --replace"):
        install_archive(other, tmp_path / "packages")
    second = install_archive(other, tmp_path / "packages", replace=True)
    assert second.identity != first.identity
    # Argos Translate takes every folder there for a package.
    assert [path.name for path in (tmp_path / "packages").iterdir()] == ["en_sw-1.0"]


def test_the_index_gives_the_newest_sound_package(toy_archive: Path, tmp_path: Path) -> None:
    entry = {"from_code": "en", "to_code": "sw", "type": "translate"}
    links = [str(tmp_path / "absent.argosmodel"), str(toy_archive)]
    old = {**entry, "package_version": "0.9", "links": [str(tmp_path / "old.argosmodel")]}
    index = tmp_path / "index.json"
    index.write_text(json.dumps([{**entry, "package_version": "0.10", "links": links}, old]), "utf-8")
    package = install_from_index("en-sw", tmp_path / "packages", str(index), expected=sha256(toy_archive))
    assert package.version == "1.0"
    with pytest.raises(UserError, match="from 'en' it has sw"):
        install_from_index("en-zu", tmp_path / "packages", str(index))
    with pytest.raises(UserError, match="SHA-256"):
        install_from_index("en-sw", tmp_path / "packages", str(index), expected="0" * 64)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.json", "packages"]


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected a CTranslate2 folder"):
        pack(Label("en", "sw"), Contents(tmp_path, tmp_path / "x"), tmp_path / "out.argosmodel")
    with pytest.raises(UserError, match="no such file"):
        install_archive(tmp_path / "absent.argosmodel", tmp_path / "packages")
