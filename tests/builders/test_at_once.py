"""Two commands at once in one folder: the second stops with one line and changes nothing."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from builders.language.files import LIST, remove_entry, write_entry
from builders.release.candidate import Plan
from builders.release.draft import UNVERSIONED, publish_draft
from builders.release.model.candidate import ModelPlan
from builders.release.model.release import release_model
from builders.release.release import release
from builders.release.verify import verify_folder
from builders.review.apply import apply
from builders.review.plan import Wish, plan
from builders.review.returns import import_returns
from builders.review.round import Round
from builders.review.serve.access import invite
from builders.review.sheets import write_sheets
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build, build_again
from builders.rows.export import export_memory
from builders.sources.items import build_items
from builders.translate.machine.store import SCHEMA, Store
from builders.translate.packages.install import install_archive
from builders.translate.training.train import train
from globmed.errors import UserError
from globmed.languages import language, select
from globmed.storage.files import files_below, sha256
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.builders.review.workbooks.filled import fill_csv
from tests.builders.translate.training.train_toy import toy_task
from tests.conftest import SAMPLE
from tests.support.holding import held
from tests.support.programs import ROOT
from validation.validate import validate

#: Where there is no Hub: who asks it before the lock has another error.
NOWHERE = HubAccess("http://127.0.0.1:9", None)
V1 = Version(0, 1, 0)
BUILD = ("--sources", str(SAMPLE.parent), "--memory", str(SAMPLE / "tmx"), "--languages", "english,swahili")


def contents(folder: Path) -> dict[Path, str]:
    return {path: sha256(path) for path in files_below(folder)}


@contextmanager
def refused(folder: Path, how: str = "locked") -> Iterator[None]:
    """While another process holds the folder, what the block does is refused, and nothing below it changes."""
    before = contents(folder.parent)
    with (
        held(folder, how=how) as holder,
        pytest.raises(UserError, match=rf"process {holder.pid} on .* is using it"),
    ):
        yield
    assert contents(folder.parent) == before


@pytest.mark.parametrize(
    "command",
    [
        lambda folder: build(SAMPLE.parent, [SAMPLE / "tmx"], select("english"), folder.root),
        build_again,
        lambda folder: release(Plan(V1, REPOSITORY, private=False), folder, NOWHERE),
        lambda folder: publish_draft(language("zulu"), Plan(UNVERSIONED, REPOSITORY, private=False), folder, NOWHERE),
        lambda folder: plan(folder, select("zulu"), folder.root.with_name("round"), Wish(items=2)),
        lambda folder: export_memory(folder, language("zulu"), folder.root.with_name("zulu.tmx")),
        lambda folder: validate(folder.root),
        lambda folder: validate(folder.root.with_name("data"), older=folder.root),
    ],
)
def test_what_works_in_a_build_folder(part_build: BuildFolder, tmp_path: Path, command: Callable[..., object]) -> None:
    folder = BuildFolder(shutil.copytree(part_build.root, tmp_path / "build"))
    with refused(folder.root):
        command(folder)


@pytest.mark.parametrize(
    "command",
    [
        write_sheets,
        invite,
        lambda round_: import_returns(round_, []),
    ],
)
def test_what_works_in_a_round(planned: Round, command: Callable[..., object]) -> None:
    with refused(planned.root):
        command(planned)


def test_what_works_in_other_folders(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "some.argosmodel").touch()
    task = toy_task(tmp_path)
    model = ModelPlan(folder, V1, "globmed/tiny", private=False)
    for command in (lambda: train(task, folder), lambda: install_archive(folder / "some.argosmodel", folder)):
        with refused(folder, "locked_beside"):
            command()
    with refused(folder):
        release_model(model, NOWHERE)
    with refused(tmp_path / "items", "locked_beside"):
        build_items(SAMPLE.parent, tmp_path / "items")


def test_what_a_round_found_goes_into_a_memory_that_nobody_else_writes(planned: Round, tmp_path: Path) -> None:
    write_sheets(planned)
    import_returns(planned, [fill_csv(path) for path in planned.sheets.glob("*.csv")])
    memory = tmp_path / "memory"
    memory.mkdir()
    with refused(memory):
        apply(planned, memory)
    with refused(memory):
        build(SAMPLE.parent, [memory], select("english"), tmp_path / "another")
    with refused(planned.root):
        apply(planned, memory)
    build_root = Path(planned.read_settings()["build"])
    with refused(build_root):
        apply(planned, memory)


def test_the_list_of_languages(tmp_path: Path) -> None:
    (tmp_path / LIST).parent.mkdir(parents=True)
    for change in (write_entry, remove_entry):
        with refused(tmp_path / LIST, "locked_beside"):
            change(language("swahili"), tmp_path)


def test_builds_that_share_a_store_take_turns(tmp_path: Path) -> None:
    store, made = (
        Store(tmp_path / "store" / "engine"),
        pl.DataFrame({"sentence": ["a"], "tokens": ["b"], "rank": [0], "safe": [True]}, schema=SCHEMA),
    )
    store.add(["a"], made)
    with held(store.folder, how="locked_beside") as holder:
        # It is gone while the other one waits.
        ending = subprocess.Popen([sys.executable, "-c", f"import os, time; time.sleep(1); os.kill({holder.pid}, 9)"])
        assert store.known(made.select("sentence")).equals(made)
        ending.wait()
        assert holder.wait() == -signal.SIGKILL


def test_a_copy_that_changes_while_it_is_verified_is_no_whole_one(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    with refused(tmp_path / "copy", "locked_beside"):
        verify_folder(tmp_path / "copy")


@contextmanager
def started(out: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "globmed", "build", *BUILD, "--out", str(out)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_of_two_builds_started_at_once_one_is_made(tmp_path: Path) -> None:
    with started(tmp_path / "out") as one, started(tmp_path / "out") as two:
        said = {process: process.communicate(timeout=300) for process in (one, two)}
    winner, loser = sorted((one, two), key=lambda process: process.returncode)
    assert (winner.returncode, loser.returncode) == (0, 2), said
    assert said[loser][0] == ""
    (line,) = said[loser][1].strip().splitlines()
    assert line.startswith(f"error: {tmp_path / 'out'}: `globmed build` (process {winner.pid} on ")
    assert {path.name for path in (tmp_path / "out" / "rows").iterdir() if not path.name.startswith(".")} == {
        "english",
        "swahili",
    }


@pytest.mark.slow
def test_a_build_after_one_that_was_killed_is_not_held_up(tmp_path: Path) -> None:
    with started(tmp_path / "out") as process:
        while not (tmp_path / "out" / ".lock").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    build(SAMPLE.parent, [SAMPLE / "tmx"], select("english,swahili"), tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.lock"))
