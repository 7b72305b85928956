"""Segments through memory, store and engine, and where each says that it comes from."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import NamedTuple

import polars as pl
import psutil
import pytest

from builders.translate.machine import machine as machine_module
from builders.translate.machine.engine import Engine, Hardware, Search
from builders.translate.machine.machine import Machine, translate_pieces
from builders.translate.machine.runners import Cluster
from builders.translate.packages.package import Package
from builders.translate.segments import with_keys
from builders.translate.sentences.split_segments import build_pieces
from tests.builders.conftest import Argos
from tests.builders.translate.packages.toy import seeded, sentence

pytestmark = [pytest.mark.slow, pytest.mark.model]
PARAGRAPH = "Give 12 mg: one, two. Give 7 mg: nine.\nGive 700 mg: four."


class Setting(NamedTuple):
    """A package, and how to translate with it."""

    package: Package
    machine: Machine


@pytest.fixture
def setting(toy_package: Package, tmp_path: Path) -> Setting:
    return Setting(toy_package, Machine(toy_package.path.parent, tmp_path / "store", hardware=Hardware(threads=2)))


def pieces_of(folder: Path, *texts: str) -> pl.DataFrame:
    with_keys(pl.DataFrame({"text": texts}), "text").write_parquet(folder / "segments.parquet")
    build_pieces(folder / "segments.parquet", folder / "pieces.parquet")
    return pl.read_parquet(folder / "pieces.parquet")


def memory(**entries: str) -> pl.DataFrame:
    frame = pl.DataFrame(
        {"source": entries.keys(), "text": entries.values()}, schema=dict.fromkeys(("source", "text"), pl.String)
    )
    return with_keys(frame, "source").with_columns(origin=pl.lit("human"))


def translate(
    folder: Path, setting: Setting, *texts: str, known: pl.DataFrame | None = None, target: str = "sw"
) -> dict[str, dict[str, object]]:
    """What became of each text."""
    known = memory() if known is None else known
    made = translate_pieces(pieces_of(folder, *texts), known, replace(setting.package, target=target), setting.machine)
    keyed = with_keys(pl.DataFrame({"source": texts}), "source").join(made, on="key", maintain_order="left")
    return {row["source"]: row for row in keyed.iter_rows(named=True)}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.parquet")}


def test_paragraphs_are_those_of_plain_argos(tmp_path: Path, setting: Setting, argos: Argos) -> None:
    rng = seeded(7)
    texts = ["\n".join(f"{sentence(rng)[0]} {sentence(rng)[0]}" for _ in range(2)) for _ in range(10)]
    # Argos takes the best hypothesis, safe or not.
    best = Setting(setting.package, replace(setting.machine, search=Search(alternatives=1)))
    made = translate(tmp_path, best, *texts)
    assert [made[text]["text"] for text in texts] == argos(setting.package, texts, whole=False)


def test_the_shape_stays(tmp_path: Path, setting: Setting) -> None:
    listed = f"A. {PARAGRAPH}\n\n- 5 mg | Give 25 mg: one.\r\n"
    made = translate(tmp_path, setting, listed, PARAGRAPH, "Give 25 mg: one.", "0.5 mg", " ", "")
    paragraph, cell = made[PARAGRAPH]["text"], made["Give 25 mg: one."]["text"]
    assert made[listed]["text"] == f"A. {paragraph}\n\n- 5 mg | {cell}\r\n"
    assert str(paragraph).count("\n") == 1
    assert [made[text]["text"] for text in ("0.5 mg", " ", "")] == ["0.5 mg", " ", ""]
    assert (made["0.5 mg"]["engine"], made[listed]["engine"]) == ("copy", "argos")


def test_a_copied_number_is_written_as_in_the_language(tmp_path: Path, setting: Setting) -> None:
    made = translate(tmp_path, setting, "1.500 g", target="de")
    assert (made["1.500 g"]["text"], made["1.500 g"]["unresolved"]) == ("1,500 g", 0)


def test_the_memory_goes_before_the_machine(tmp_path: Path, setting: Setting) -> None:
    first = "Give 12 mg: one, two."
    rest = translate(tmp_path, setting, PARAGRAPH.removeprefix(f"{first} "))[PARAGRAPH.removeprefix(f"{first} ")][
        "text"
    ]
    made = translate(tmp_path, setting, PARAGRAPH, first, known=memory(**{first: "Mpe miligramu 12: moja, mbili."}))
    assert made[PARAGRAPH]["text"] == f"Mpe miligramu 12: moja, mbili. {rest}"
    assert made[PARAGRAPH] | {"engine": "argos", "origin": "machine", "memory": len(first)} == made[PARAGRAPH]
    assert made[first] | {"engine": "memory", "origin": "human", "memory": len(first)} == made[first]


def test_a_second_run_calls_no_model(tmp_path: Path, setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    made = translate(tmp_path, setting, PARAGRAPH)

    def refuse(*_: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(Engine, "__init__", refuse)
    assert translate(tmp_path, setting, PARAGRAPH) == made
    with pytest.raises(AssertionError, match="a model was loaded"):
        translate(tmp_path, setting, PARAGRAPH, "Give 1 mg: six.")


def test_a_changed_segment_asks_for_its_own_sentence_alone(tmp_path: Path, setting: Setting) -> None:
    translate(tmp_path, setting, PARAGRAPH)
    before = files(tmp_path / "store")
    translate(tmp_path, setting, PARAGRAPH.replace("nine", "eight"))
    (new,) = [name for name in files(tmp_path / "store") if name not in before]
    (path,) = (tmp_path / "store").rglob(new)
    assert pl.read_parquet(path)["sentence"].to_list() == ["Give 7 mg: eight."]


def test_a_killed_run_keeps_its_shards_and_ends_as_a_whole_one(
    tmp_path: Path, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_module, "SHARD", 200)
    texts = [sentence(seeded(number))[0] for number in range(40)]
    whole = translate(tmp_path, Setting(setting.package, Machine(tmp_path, tmp_path / "whole")), *texts)
    engine_translate, calls = Engine.translate, []

    def killed(engine: Engine, *arguments: object) -> pl.DataFrame:
        calls.append(arguments)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return engine_translate(engine, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "translate", killed)
    with pytest.raises(KeyboardInterrupt):
        translate(tmp_path, setting, *texts)
    kept = files(tmp_path / "store")
    assert kept
    assert translate(tmp_path, setting, *texts) == whole
    (folder,) = (tmp_path / "whole").iterdir()
    assert files(tmp_path / "store") == files(folder)
    assert len(calls) == len(files(folder)) + 4 - len(kept)


def test_the_cluster_gives_the_same_though_a_worker_is_killed(
    tmp_path: Path, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_module, "SHARD", 1_000)
    texts = list({sentence(seeded(number))[0] for number in range(1_500)})
    here = translate(tmp_path, setting, *texts)
    machine = Machine(setting.machine.packages, tmp_path / "cluster", Search(), Hardware(threads=1), Cluster(workers=2))
    over = Event()
    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_a_busy_worker, tmp_path / "cluster", over)
        try:
            made = translate(tmp_path, Setting(setting.package, machine), *texts)
        finally:
            over.set()
    assert killed.result(), "a worker was killed while there was work left"
    assert made == here
    assert files(tmp_path / "cluster") == files(tmp_path / "store")


def kill_a_busy_worker(store: Path, over: Event) -> bool:
    """Wait for the first shard to be kept, then kill a process that is at another; false if all were done before."""
    while not over.wait(0.05):
        if files(store):
            for process in psutil.Process().children(recursive=True):
                if process.name().startswith("ray::_translate"):
                    process.kill()
                    return True
    return False


def test_a_dose_that_no_hypothesis_keeps_is_marked(tmp_path: Path, setting: Setting) -> None:
    """The number is longer than all that the toy model was trained on."""
    number = "1234567890" * 10
    text = f"Give {number} mg: one."
    row = translate(tmp_path, setting, text, "Give 12 mg: one, two.")[text]
    assert number not in str(row["text"])
    assert row["unresolved"] == 1
