"""Train and score an English-Swahili package: ``python -m benchmarks.train_translator --parallel DIR``.

The corpus is LAFAND-MT (news, CC BY-NC 4.0: for measurements alone) with the dev part of TICO-19 (medical, CC0).
The score is that of LAFAND's test set, which no choice was made by. All of it stays in ``build/benchmark``.
"""

import argparse
import random
import re
from collections.abc import Sequence
from pathlib import Path

import torch

from builders.translate.machine.lines import translate_lines
from builders.translate.packages.convert import Codes, agreement, open_checkpoint, package_checkpoint
from builders.translate.packages.corpus import Direction, Pair, read_corpora
from builders.translate.packages.install import install_archive
from builders.translate.packages.pack import Label
from builders.translate.packages.score import score_texts
from builders.translate.training.numbers import copies, swapped
from builders.translate.training.settings import read_settings
from builders.translate.training.train import Task, train

EN_SW = Direction("en", "sw")
OUT = Path("build/benchmark")
#: Another seed than that of the pairs which the model was trained on.
SEED = 2027
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def main() -> None:
    """Train within the budget, install, translate the test set, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parallel", type=Path, default=Path("../shared/data/parallel"))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=4)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    lafand = {part: _moses(arguments.parallel / "lafand_en_sw", part) for part in ("train", "dev", "test")}
    data = [lafand["train"], str(arguments.parallel / "tico19" / "dev.en-sw.tmx")]
    task = Task(EN_SW, data, [lafand["dev"]], read_settings("marian-small"))
    print(train(task, OUT / "en_sw", arguments.minutes))
    _measure(OUT / "en_sw", read_corpora([lafand["test"]], EN_SW), arguments.threads)


def _moses(folder: Path, part: str) -> str:
    return f"{folder / part}.en,{folder / part}.swa"


def _measure(training: Path, pairs: Sequence[Pair], threads: int) -> None:
    checkpoint = open_checkpoint(str(training / "model"))
    archive = package_checkpoint(checkpoint, Codes(), Label(*EN_SW), training / "en_sw.argosmodel")
    package = install_archive(archive, OUT / "packages", replace=True)
    print(f"{package.name} {package.version} {package.identity}, {package.bytes / 1e6:.1f} MB")
    sources = [pair.source for pair in pairs]
    texts, _ = translate_lines(package, sources, threads=threads)
    for score in score_texts(texts, [pair.target for pair in pairs], "sw"):
        print(f"{score.metric} {score.score:.2f} ({score.mean:.2f} ± {score.interval:.2f}) {score.signature}")
    print(f"conversion and transformers agree: {agreement(checkpoint, sources[:100]):.0%}")
    rng = random.Random(SEED)
    for name, made in (("numbers put into test sentences", swapped(pairs, 300, rng)), ("quantities", copies(300, rng))):
        found, _ = translate_lines(package, [pair.source for pair in made], threads=threads)
        kept = sum(map(_same_numbers, made, found))
        print(f"{name}: all kept in {kept} of {len(made)}")


def _same_numbers(pair: Pair, text: str) -> bool:
    return sorted(DIGITS.findall(pair.source)) == sorted(DIGITS.findall(text))


if __name__ == "__main__":
    main()
