"""A review round of a build of full size, on two cores: seconds and peak memory of planning it and of using it.

    python -m benchmarks.full_size --rows 500000 --out build/full_size
    python -m benchmarks.review_full_size --rows build/full_size

Eleven languages, 350 rows each, of which every third one is mended. The text is made up.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from benchmarks.publishing.release import as_build
from builders.review.plan import MENDABLE
from builders.review.returns import sent_items
from builders.review.round import DIMENSIONS, RATINGS, Round
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.texts import row_texts
from builders.translate.segments import build_segments, with_keys
from globmed.languages import ENGLISH, Language, languages
from globmed.schema import SPLITS
from globmed.storage.parquet import write_parquet

TRANSLATED = [each for each in languages().values() if each.name != ENGLISH]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True, help="folder that benchmarks.full_size wrote")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as place:
        build, round_ = BuildFolder(Path(place) / "build"), Round(Path(place) / "round")
        # In a process that ends: what a process takes counts for those that it starts.
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            pool.submit(make_build, options.rows, build.root).result()
        tags = ",".join(each.tag for each in TRANSLATED)
        timed("plan", round_.root, "--build", build.root, "--languages", tags)
        timed("sheets", round_.root)
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            pool.submit(rate, round_).result()
        timed("agreement", round_.root, "--json")
        print(timed("apply", round_.root, "--memory", Path(place) / "memory", "--json"))


def make_build(corpus: Path, root: Path) -> None:
    """The corpus as a build, with what its rows are made of."""
    build = as_build(corpus, root)
    english = _rows(build, languages()[ENGLISH])
    write_parquet(english, build.kept)
    build_segments(build.kept, build.segments)
    for config in TRANSLATED:
        rows = _rows(build, config)
        write_parquet(rows, build.assembled(config))
        texts = row_texts(rows, english).explode("texts").unnest("texts")
        translations = with_keys(texts, "source").unique("key", keep="first", maintain_order=True)
        write_parquet(translations.select("key", text="translation"), build.translations(config))


def _rows(build: BuildFolder, config: Language) -> pl.DataFrame:
    """Return the rows of all splits; those of a hundredth have a critical flag."""
    parts = [
        pl.read_parquet(path).with_columns(split=pl.lit(split))
        for split in SPLITS
        for path in sorted((build.rows / config.name).glob(f"{split}-*.parquet"))
    ]
    rows = pl.concat(parts).sort("id")
    flagged = (pl.int_range(pl.len()) % 100 == 0) & pl.col("origin").is_in(MENDABLE)
    return rows.with_columns(pl.col("quality").struct.with_fields(critical=flagged))


def rate(round_: Round) -> None:
    """Everybody rates everything; of every third item both raters mend the first text in the same way."""
    ratings = [
        {name: sent[name] for name in ("code", "item", "config", "rater")}
        | {name: 3 + (len(sent["row"]) + place) % 3 for place, name in enumerate(DIMENSIONS)}
        | {"edits": [_mended(sent["texts"][0])] if int(sent["item"][-4:]) % 3 == 0 else [], "file": "made up"}
        for sent in sent_items(round_).values()
    ]
    write_parquet(pl.DataFrame(ratings, schema=RATINGS), round_.ratings)


def _mended(text: dict[str, str]) -> dict[str, str]:
    return {"name": text["name"], "text": f"{text['translation']} (mended)"}


def timed(command: str, *options: object) -> str:
    """Run a command of a round in a process of its own, print what it took, and give what it printed."""
    begun = time.perf_counter()
    arguments = [sys.executable, "-m", "globmed", "review", command, *map(str, options)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{command} failed"
    print(f"{command}: {time.perf_counter() - begun:.1f} s, peak {usage.ru_maxrss / 1024:,.0f} MiB", flush=True)
    return said


if __name__ == "__main__":
    main()
