"""The translation stage against argostranslate's loop: ``python -m benchmarks.translate --package FOLDER``.

Both translate English texts of the shared upstreams with the same package, beam and splitter, in turns on the same
machine; medians of the turns. The loop is run as it comes and at the fastest of its settings; being slow, it gets the
first texts of the sample only. Sentences are counted as the loop splits them, duplicates included. ``--base`` adds a
model of 6+6 layers and width 512 with random weights, which never ends a sentence: 256 tokens each.
"""

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import polars as pl

from builders.translate.machine.engine import Engine, Hardware, Search
from builders.translate.machine.machine import Machine, translate_texts
from builders.translate.machine.runners import Cluster
from builders.translate.packages.convert import Codes, open_checkpoint, package_checkpoint
from builders.translate.packages.corpus import Direction
from builders.translate.packages.install import install_archive
from builders.translate.packages.pack import Label
from builders.translate.packages.package import Package, read_package
from builders.translate.sentences.layout import take_apart
from builders.translate.sentences.splitter import Splitter
from builders.translate.training.model import make_model, save_model
from builders.translate.training.settings import read_settings
from builders.translate.training.vocabulary import Vocabulary

SEED = 2026
SHORT, FEW = 150, 300
#: Settings available to the loop's user: parallel operations, threads per operation, tokens per batch.
GRID = tuple(itertools.product((1, 4), (1, 4), (32, 512)))
LOOP = """
import json, sys, time
from argostranslate import translate
from builders.translate.sentences.splitter import Splitter
pair, texts, seconds = json.load(sys.stdin)
translation = translate.get_translation_from_codes(*pair)
translation.underlying.sentencizer = Splitter()
translation.translate("A first text loads the model.")
started, made = time.perf_counter(), []
for text in texts:
    made.append(translation.translate(text))
    if time.perf_counter() - started > seconds:
        break
json.dump([made, time.perf_counter() - started], sys.stdout)
"""


class Made(NamedTuple):
    """Texts that were translated, and how fast: sentences a second; the share of time in no model call."""

    texts: list[str]
    rate: float
    outside: float = 0.0


def main() -> None:
    """Measure and print, the ratio to the loop as it comes last."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, required=True, help="folder of an installed package from English")
    parser.add_argument("--segments", type=Path, required=True, help="segments.parquet of a build of the upstreams")
    parser.add_argument("--base", action="store_true", help="a random model of base size too")
    parser.add_argument("--items", type=int, default=1_500)
    parser.add_argument("--seconds", type=float, default=20, help="for the loop, each time")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    texts = sample(options.segments, options.items)
    package = read_package(options.package)
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as folder:
        if options.base:
            # The loop as it comes takes a second and more for a sentence, and looks at the clock after a text.
            fewer = [text for text in texts if len(text) < SHORT][:FEW]
            compare(base_package(package, Path(folder)), fewer, options.seconds, options.turns, choose=False)
        workers(package, texts, options.turns)
        again(package, texts)
        compare(package, texts, options.seconds, options.turns, choose=True)


def sample(segments: Path, items: int) -> list[str]:
    """Return the texts of some items, in the order of a seeded shuffle."""
    frame = pl.read_parquet(segments)
    ids = frame["id"].unique().sort().to_list()
    random.Random(SEED).shuffle(ids)
    order = pl.DataFrame({"id": ids[:items]})
    return order.join(frame, on="id", maintain_order="left")["text"].to_list()


def base_package(package: Package, folder: Path) -> Package:
    """Return a model of base size with random weights, and the tokenizer of another package."""
    size = {"encoder_layers": 6, "decoder_layers": 6, "width": 512, "feed_forward": 2048, "heads": 8}
    settings = type(read_settings("marian-small"))(**read_settings("marian-small").as_dict() | size)
    model = make_model(settings, Vocabulary(package.tokenizer))
    save_model(model, package.tokenizer, folder / "model", Direction(package.source, package.target))
    label = Label(package.source, package.target)
    archive = package_checkpoint(open_checkpoint(str(folder / "model")), Codes(), label, folder / "base.argosmodel")
    return install_archive(archive, folder / "packages")


def compare(package: Package, texts: Sequence[str], seconds: float, turns: int, *, choose: bool) -> None:
    """The loop as it comes, the loop at its best, and the stage with the best hypothesis of each, as the loop has it.

    ``choose``: the stage as it is used too, which asks for more where a number was changed.
    """
    sentences = counts(texts)
    tuned = max(GRID, key=lambda setting: loop(package, texts, sentences, seconds / 4, environment(setting)).rate)
    rounds = [
        (
            loop(package, texts, sentences, seconds, {}),
            loop(package, texts, sentences, seconds, environment(tuned)),
            stage(package, texts, sentences, Search(alternatives=1)),
            stage(package, texts, sentences, Search()) if choose else Made([], 0),
        )
        for _ in range(turns)
    ]
    plain, best, ours, safe = ([each[place].rate for each in rounds] for place in range(4))
    cores = pl.thread_pool_size()
    made = rounds[0]
    outside = statistics.median(each[2].outside for each in rounds)
    print(
        f"{package.name} {package.version}, {package.bytes / 1e6:.0f} MB, {sum(sentences):,} sentences, {cores} cores"
    )
    print(f"  loop as it comes: {statistics.median(plain):,.1f} sentences/s")
    print(f"  loop at its best (inter, intra, batch {tuned}): {statistics.median(best):,.1f} sentences/s")
    print(f"  stage: {statistics.median(ours):,.1f} sentences/s, {statistics.median(ours) / cores:,.1f} a core")
    print(f"  stage, time outside CTranslate2: {outside:.1%}")
    print(f"  the same text in {same(texts, made[1], made[2])}")
    if choose:
        print(f"  stage with a choice of four: {statistics.median(safe):,.1f} sentences/s")
        print(f"    to the loop at its best: {statistics.median(map(_ratio, safe, best)):.1f} times")
    print(f"  to the loop at its best: {statistics.median(map(_ratio, ours, best)):.1f} times")
    print(f"  to the loop as it comes: {statistics.median(map(_ratio, ours, plain)):.1f} times", flush=True)


def workers(package: Package, texts: Sequence[str], turns: int) -> None:
    """Two Ray workers against one, two threads each, start-up included."""
    sentences = counts(texts)
    ratios = []
    for _ in range(turns):
        one, two = (stage(package, texts, sentences, Search(), Cluster(workers=count)) for count in (1, 2))
        assert one.texts == two.texts
        ratios.append(two.rate / one.rate)
    print(f"2 Ray workers to 1, 2 threads each: {statistics.median(ratios):.2f} times, the same output", flush=True)


def again(package: Package, texts: Sequence[str]) -> None:
    """A second run of the stage over the same store."""
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as folder:
        machine = Machine(package.path.parent, Path(folder) / "store")
        first, second = (_timed(lambda: translate(package, texts, machine, Path(folder))) for _ in range(2))
    print(f"second run: {second[1] / first[1]:.1%} of the first one's time, the same: {first[0] == second[0]}")


def environment(setting: tuple[int, int, int]) -> dict[str, str]:
    """Return the loop's settings, as it reads them."""
    names = ("ARGOS_INTER_THREADS", "ARGOS_INTRA_THREADS", "ARGOS_BATCH_SIZE")
    return dict(zip(names, map(str, setting), strict=True))


def loop(
    package: Package, texts: Sequence[str], sentences: Sequence[int], seconds: float, settings: dict[str, str]
) -> Made:
    """Return the plain loop over the texts, until the time is over."""
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as home:
        done = subprocess.run(
            [sys.executable, "-c", LOOP],
            input=json.dumps([(package.source, package.target), texts, seconds]),
            env={**os.environ, "ARGOS_PACKAGES_DIR": str(package.path.parent), "HOME": home, **settings},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    made, took = json.loads(done.stdout)
    return Made(made, sum(sentences[: len(made)]) / took)


def stage(
    package: Package, texts: Sequence[str], sentences: Sequence[int], search: Search, cluster: Cluster | None = None
) -> Made:
    """Return the stage with an empty store: taking apart, translation, store, joining."""
    calls: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as folder, _noted(calls):
        hardware = Hardware(threads=2 if cluster else 0)
        machine = Machine(package.path.parent, Path(folder) / "store", search, hardware, cluster)
        made, took = _timed(lambda: translate(package, texts, machine, Path(folder)))
    return Made(made, sum(sentences) / took, 1 - _covered(calls) / took)


def translate(package: Package, texts: Sequence[str], machine: Machine, folder: Path) -> list[str]:
    """Return the texts through the stage, in their order."""
    given = pl.DataFrame({"key": texts})
    made = translate_texts(given["key"], package, machine)
    return given.join(made, on="key", how="left", maintain_order="left")["text"].to_list()


def counts(texts: Sequence[str]) -> list[int]:
    """Sentences of each text, as the loop splits it."""
    splitter = Splitter()
    return [sum(len(splitter.split_sentences(line)) for line in text.split("\n")) for text in texts]


def same(texts: Sequence[str], plain: Made, ours: Made) -> str:
    """Return how many translations agree, of the texts that the loop reached and that have no layout to split."""
    split = Splitter().split_sentences
    pairs = [(a, b) for text, a, b in zip(texts, plain.texts, ours.texts, strict=False) if _is_plain(text, split)]
    equal = sum(a == b for a, b in pairs)
    return f"{equal} of {len(pairs)} texts without lists, cells, copied numbers and cut sentences"


def _is_plain(text: str, split: Callable[[str], list[str]]) -> bool:
    """Return whether the stage translates the very sentences that the loop does."""
    pieces = ([part for piece in take_apart(line, split) for part in piece.sentences] for line in text.split("\n"))
    return all(parts == split(line) for parts, line in zip(pieces, text.split("\n"), strict=True))


@contextmanager
def _noted(calls: list[tuple[float, float]]) -> Any:
    """Note when each call of a model of this process began and ended."""
    hypotheses = Engine.hypotheses

    def timed(engine: Engine, *arguments: Any) -> Any:
        started = time.perf_counter()
        found = hypotheses(engine, *arguments)
        calls.append((started, time.perf_counter()))
        return found

    with patch.object(Engine, "hypotheses", timed):
        yield


def _covered(calls: Sequence[tuple[float, float]]) -> float:
    """Seconds in which at least one call was under way."""
    covered, end = 0.0, 0.0
    for began, ended in sorted(calls):
        covered += max(0.0, ended - max(began, end))
        end = max(end, ended)
    return covered


def _timed(work: Callable[[], list[str]]) -> tuple[list[str], float]:
    started = time.perf_counter()
    made = work()
    return made, time.perf_counter() - started


def _ratio(ours: float, theirs: float) -> float:
    return ours / theirs


if __name__ == "__main__":
    main()
