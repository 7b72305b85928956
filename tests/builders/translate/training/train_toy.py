"""Training a tiny model on the toy language; ``python -m`` and this module's name train the one that is kept, anew."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from builders.translate.packages.corpus import Direction
from builders.translate.training.settings import read_settings
from builders.translate.training.train import Task, train
from tests.builders.translate.packages.toy import MODEL, write_corpus, write_settings


def toy_task(folder: Path, **settings: object) -> Task:
    """Return a training whose corpus and settings are written to a folder."""
    corpus, chosen = write_corpus(folder / "corpus.tsv"), write_settings(folder / "toy.yaml", **settings)
    return Task(Direction("en", "sw"), [str(corpus)], [], read_settings(str(chosen)))


def main() -> None:
    """Train until no sentence of the language is in doubt, a minute on one core, and keep the model."""
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        train(toy_task(Path(folder), steps=2000, evaluate_every=250), Path(folder, "run"))
        shutil.rmtree(MODEL, ignore_errors=True)
        shutil.copytree(Path(folder, "run", "model"), MODEL)


if __name__ == "__main__":
    main()
