"""Measure the search for near-duplicates.

    python -m benchmarks.near_duplicates [--rows build/full_size]
    python -m benchmarks.near_duplicates --human

Over a corpus of `benchmarks.full_size`: for each language the share of the planted pairs that is found, the pairs
that were found and not planted, and seconds; for all together the seconds and the peak memory of the process. With
``--human`` instead over the sentences of `benchmarks.corpora` that have at least twenty words, each beside a copy in
which one word in twenty is another; in Chinese and Japanese characters stand for words.
"""

import argparse
import resource
import time
from pathlib import Path
from random import Random

import polars as pl

from benchmarks.corpus.corpora import pairs
from benchmarks.corpus.full_size import PLANTED, ROWS
from benchmarks.corpus.words import made_up
from globmed.languages import ENGLISH, Language
from globmed.languages import language as globmed_language
from validation.facts.leakage import asked
from validation.facts.near_duplicates import near_duplicates

PAIR = ["id_a", "id_b"]
KINDS = ("exact", "near")
UNSPACED = ("Hans", "Jpan")
SEED = 7


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, default=Path("build/full_size"), help="what benchmarks.full_size wrote")
    parser.add_argument("--human", action="store_true", help="sentences of people, with edits")
    options = parser.parse_args()
    measured = [measure_human(entry) if options.human else measure(options.rows, entry) for entry in made_up().values()]
    table = pl.DataFrame(measured)
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, float_precision=4, tbl_hide_column_data_types=True):
        print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{table['rows'].sum():,} rows in {table['seconds'].sum():.0f} s, peak {peak:,.0f} MiB")


def measure(corpus: Path, language: Language) -> dict[str, str | int | float]:
    """Return one language's line of the table, over a made-up corpus."""
    rows = pl.scan_parquet(corpus / ROWS / language.name / "*.parquet").select("id", text=asked()).collect()
    return _measure(rows, pl.read_parquet(corpus / PLANTED), language)


def measure_human(language: Language) -> dict[str, str | int | float]:
    """Return one language's line of the table, over sentences of people."""
    english = language.name == ENGLISH
    sentences = (
        pairs(globmed_language("fr") if english else language)["source" if english else "target"].unique().sort()
    )
    space = "" if language.script in UNSPACED else " "
    long = [words for text in sentences if len(words := text.split() if space else list(text)) >= 20]
    words = [word for sentence in long for word in sentence]
    random = Random(SEED)
    copies = []
    for sentence in long:
        copy = sentence.copy()
        for place in random.sample(range(len(copy)), round(len(copy) / 20)):
            copy[place] = random.choice(words)
        copies.append(copy)
    texts = pl.Series("text", [space.join(sentence) for sentence in long + copies])
    ids = [f"{kind}{place}" for kind in "ab" for place in range(len(long))]
    planted = pl.DataFrame({"id_a": ids[: len(long)], "id_b": ids[len(long) :]}).with_columns(kind=pl.lit("near"))
    return _measure(pl.DataFrame({"id": ids, "text": texts}), planted, language)


def _measure(rows: pl.DataFrame, planted: pl.DataFrame, language: Language) -> dict[str, str | int | float]:
    planted = planted.with_columns(id_a=pl.min_horizontal(PAIR), id_b=pl.max_horizontal(PAIR))
    started = time.perf_counter()
    found = near_duplicates(rows, language)
    seconds = time.perf_counter() - started
    missed = planted.join(found, on=PAIR, how="anti")
    total, lost = ({kind: frame.filter(kind=kind).height for kind in KINDS} for frame in (planted, missed))
    return {
        "language": language.tag,
        "rows": rows.height,
        "planted": planted.height,
        **{f"{kind} found": 1 - lost[kind] / total[kind] for kind in KINDS if total[kind]},
        "others": found.join(planted, on=PAIR, how="anti").height,
        "seconds": round(seconds, 2),
    }


if __name__ == "__main__":
    main()
