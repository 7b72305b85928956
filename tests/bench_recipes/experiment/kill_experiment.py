"""An experiment killed in every stage: ``python -m tests.bench_recipes.experiment.kill_experiment``.

SIGKILL goes to the command and its stages, in each stage in turn, once what it writes is there in part: the record of a
run that was begun, a checkpoint, a report. The same command is started again each time, and the last one must end with
the tables, apart from the cost, and the weights of an experiment that nobody killed.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from builders.release.candidate import Plan
from builders.release.release import release
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.hub.process import running
from globmed.storage.files import sha256
from globmed.training.rows import TrainingData, prepare
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import SAMPLE, SAMPLED
from train_recipes.tiny import Shape, make_model

SETTINGS = (
    "--max_steps", "40", "--save_steps", "2", "--save_total_limit", "2", "--eval_strategy", "no",
    "--languages", "english", "swahili",
)  # fmt: skip
#: By stage, what is there when it is under way.
STAGES: dict[str, Callable[[Path], bool]] = {
    "ask the baseline": lambda folder: (folder / "baseline" / "start" / "run.json").is_file(),
    "train": lambda folder: any((folder / "models" / "tiny").glob("checkpoint-*/trainer_state.json")),
    "ask the tuned model": lambda folder: (folder / "tuned" / "tiny" / "run.json").is_file(),
    "report": lambda folder: (folder / "report" / "report.json").is_file(),
    "card": lambda folder: (folder / "gains" / "gains.json").is_file(),
}
#: What the last command said.
LOG = "log"
#: Seconds that a stage may take to get under way on a busy machine.
PATIENCE = 600


def main() -> None:
    """Run, and say what was seen."""
    with tempfile.TemporaryDirectory(prefix="globmed-kill-experiment-") as name:
        place = Path(name)
        build(SAMPLE.parent, [SAMPLE / "tmx"], SAMPLED, place / "build")
        with running(place / "hub") as hub:
            access = HubAccess(hub.url, hub.token)
            release(Plan(Version(0, 1, 0), REPOSITORY, private=False), BuildFolder(place / "build"), access)
            rows = prepare(TrainingData("0.1.0", languages=["english", "swahili"]), hub.url).train
            make_model(Shape(vocabulary=600, width=64, layers=2), rows, place / "start", positions=1024, seed=0)
            whole, killed = place / "whole", place / "killed"
            finish(place, whole, access)
            for stage, under_way in STAGES.items():
                kill(place, killed, access, lambda under_way=under_way: under_way(killed))  # type: ignore[misc]
                sys.stdout.write(f"{stage}: killed\n")
            finish(place, killed, access)
        for kind in ("gains", "headline", "models", "specialties"):
            assert tables(killed)[kind] == tables(whole)[kind], f"other {kind} after the kills"
        assert weights(killed) == weights(whole), "other weights after the kills"
    sys.stdout.write(f"{len(STAGES)} kills; the same tables and weights as without\n")


def start(place: Path, folder: Path, access: HubAccess) -> "subprocess.Popen[bytes]":
    """Start the command in a process group of its own."""
    words = ["experiment", "tiny", "--version", "0.1.0", "--hub", access.endpoint, "--languages", "en,sw"]
    command = [sys.executable, "-m", "globmed", *words, "--out", str(folder), "--"]
    with (place / LOG).open("wb") as log:
        return subprocess.Popen(
            [*command, "--model_name_or_path", str(place / "start"), *SETTINGS],
            env=os.environ | access.environment(place / "home") | {"OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def finish(place: Path, folder: Path, access: HubAccess) -> None:
    """Run the command to its end, which must be a good one."""
    process = start(place, folder, access)
    assert process.wait() == 0, (place / LOG).read_text("utf-8", "replace")


def kill(place: Path, folder: Path, access: HubAccess, is_under_way: Callable[[], bool]) -> None:
    """Run the command until a stage is under way, and kill all of it."""
    process = start(place, folder, access)
    deadline = time.monotonic() + PATIENCE
    while not is_under_way():
        assert process.poll() is None, (place / LOG).read_text("utf-8", "replace")
        assert time.monotonic() < deadline, "the stage did not begin"
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tables(folder: Path) -> dict[str, object]:
    """Return what the experiment found."""
    found: dict[str, object] = json.loads((folder / "gains" / "gains.json").read_text("utf-8"))
    return found


def weights(folder: Path) -> str:
    """Return the SHA-256 of the fine-tuned weights."""
    return sha256(folder / "models" / "tiny" / "model.safetensors")


if __name__ == "__main__":
    main()
