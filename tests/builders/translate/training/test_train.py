"""A training can be stopped at any moment and gone on with."""

import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from builders.translate.packages.corpus import Direction, Pair
from builders.translate.training import train as training
from builders.translate.training.settings import read_settings
from builders.translate.training.train import Task, train
from builders.translate.training.vocabulary import train_vocabulary
from globmed.errors import UserError
from tests.builders.translate.packages.toy import seeded, sentence, write_settings
from tests.builders.translate.training.train_toy import toy_task


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model" / "model.safetensors")


@pytest.mark.slow
@pytest.mark.model
def test_a_resumed_training_gives_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = toy_task(tmp_path)
    whole = train(task, tmp_path / "whole")
    with monkeypatch.context() as patched:
        patched.setattr(training._Trainer, "compute_loss", dies_at_step(30))
        with pytest.raises(KeyboardInterrupt):
            train(task, tmp_path / "killed")
    assert not (tmp_path / "killed" / "model").exists()
    resumed = train(task, tmp_path / "killed")
    assert resumed["steps"] == whole["steps"] == 60
    first, second = weights(tmp_path / "whole"), weights(tmp_path / "killed")
    assert all(torch.equal(first[name], second[name]) for name in first)


def dies_at_step(step: int) -> object:
    ordinary = training._Trainer.compute_loss

    def compute_loss(self: training._Trainer, *arguments: object, **options: object) -> object:
        if self.state.global_step == step:
            raise KeyboardInterrupt
        return ordinary(self, *arguments, **options)  # type: ignore[arg-type]

    return compute_loss


@pytest.mark.slow
@pytest.mark.model
def test_minutes_stop_a_run_and_the_next_goes_on(tmp_path: Path) -> None:
    task = toy_task(tmp_path)
    stopped = train(task, tmp_path / "run", minutes=0)
    assert (stopped["steps"], stopped["complete"]) == (1, False)
    assert (tmp_path / "run" / "model" / "model.safetensors").is_file()
    done = train(task, tmp_path / "run")
    assert (done["steps"], done["complete"]) == (60, True)
    assert train(task, tmp_path / "run") == done
    with pytest.raises(UserError, match="from other data or settings"):
        train(toy_task(tmp_path, seed=2), tmp_path / "run")


def test_too_little_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.tsv").write_text("a\tb\n", "utf-8")
    settings = read_settings(str(write_settings(tmp_path / "toy.yaml", number_copies=0)))
    with pytest.raises(UserError, match=r"no text to learn from|too few"):
        train(Task(Direction("en", "sw"), [str(tmp_path / "one.tsv")], [], settings), tmp_path / "run")


def test_a_vocabulary_too_small_says_how_large_it_must_be(tmp_path: Path) -> None:
    pairs = [Pair(*sentence(seeded(number))) for number in range(200)]
    with pytest.raises(UserError, match=r"vocabulary: 300: too small, .* set `vocabulary` to that or more") as said:
        train_vocabulary(pairs, 300, tmp_path / "model")
    least = re.search(r"take (\d+)", str(said.value))
    assert least
    with pytest.raises(UserError, match="too small"):
        train_vocabulary(pairs, int(least[1]) - 1, tmp_path / "model")
    for size in (int(least[1]), 100_000):
        train_vocabulary(pairs, size, tmp_path / "model")
    assert (tmp_path / "model").is_file()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"steps": "many"}, "steps: 'many'"),
        ({"steps": 1.5}, "steps: 1.5"),
        ({"bf16": 1}, "bf16: 1"),
        ({"vocabulary": 1}, "vocabulary: 1, expected 2 to 1,000,000"),
        ({"vocabulary": 2_000_000}, "vocabulary: 2,000,000, expected 2 to 1,000,000"),
        ({"max_tokens": 513}, "max_tokens: 513, expected 1 to 512"),
        ({"depth": 3}, "depth"),
    ],
)
def test_settings_are_checked(tmp_path: Path, changed: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_settings(str(write_settings(tmp_path / "s.yaml", **changed)))


def test_the_shipped_settings_are_sound() -> None:
    assert read_settings("marian-small").steps > 0
    with pytest.raises(UserError, match="marian-small"):
        read_settings("absent")
