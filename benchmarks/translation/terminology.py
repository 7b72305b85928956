"""Measure the terminology signal: ``python -m benchmarks.terminology [language ...]``.

One line a language: glossaries of TICO-19 against human translations, as they are and each given to another source;
TICO-19's development part where there is one, NTREX-128 otherwise.
"""

import re
import sys
import time
from random import Random

import polars as pl

from benchmarks.corpus.corpora import PARALLEL, TICO, pairs
from globmed.languages import ENGLISH, Language, language, select
from validation.signals.evidence.terminology import TERMS, terminology, terminology_fault

FOLDER = PARALLEL / "tico19" / "terminologies"
SEED = 7
#: Separators of several translations in these files, and additions to one.
BETWEEN = re.compile(r" : |;|/")
REMARK = re.compile(r"\[[^\]]*\]")
BRACKETS = re.compile(r"\s*[(（]([^)）]*)[)）]")


def main(names: list[str]) -> None:
    """Print the table."""
    rows = [_measure(entry) for entry in select(names or None) if entry.name != ENGLISH]
    with pl.Config(tbl_cols=-1, tbl_rows=-1, tbl_width_chars=300, float_precision=3, tbl_hide_column_data_types=True):
        print(pl.DataFrame(rows, infer_schema_length=None))


def read_terms(tag: str) -> pl.DataFrame:
    """``source, target``: both glossaries of a language."""
    names = sorted(path for pattern in (f"f_en-{tag}_*.csv", f"g_en_{tag}*.csv") for path in FOLDER.glob(pattern))
    tables = [pl.read_csv(path, infer_schema=False, columns=["sourceString", "targetString"]) for path in names]
    terms = pl.concat(tables).drop_nulls()
    told = [(source.strip(), each) for source, targets in terms.iter_rows() for each in _translations(targets)]
    return pl.DataFrame(told, schema=["source", "target"], orient="row").unique(maintain_order=True)


def _translations(field: str) -> set[str]:
    found = set()
    for each in BETWEEN.split(REMARK.sub("", field)):
        found |= {BRACKETS.sub("", each).strip(), *(inner.strip() for inner in BRACKETS.findall(each))}
    return {each for each in found if sum(map(str.isalnum, each)) > 1}


def _measure(entry: Language) -> dict[str, object]:
    medical = entry.tag in TICO
    corpus = pairs(entry).filter(pl.col("id").str.starts_with("tico:" if medical else "ntrex:"))
    glossary = read_terms(entry.tag)
    moved = Random(SEED).sample(range(corpus.height), corpus.height)
    started = time.perf_counter()
    right = _scored(corpus["source"], corpus["target"], glossary, entry)
    rate = corpus.height / (time.perf_counter() - started)
    swapped = _scored(corpus["source"], corpus["target"][moved], glossary, entry)
    judged = right["terms"] >= 1
    several = right["terms"] >= TERMS
    return {
        "language": entry.tag,
        "corpus": "TICO-19" if medical else "NTREX-128",
        "terms": glossary["source"].n_unique(),
        "pairs": corpus.height,
        "with a term": int(judged.sum()),
        "right": right["terminology"].mean(),
        "swapped": swapped["terminology"].mean(),
        "with several": int(several.sum()),
        "right flagged %": _percent(terminology_fault(right).filter(several)),
        "swapped flagged %": _percent(terminology_fault(swapped).filter(several)),
        "pairs/s": round(rate),
    }


def _scored(source: pl.Series, target: pl.Series, glossary: pl.DataFrame, entry: Language) -> pl.DataFrame:
    return terminology(source, target, glossary, language(ENGLISH), entry)


def _percent(flagged: pl.Series) -> float:
    return 100 * float(flagged.sum()) / flagged.len()


if __name__ == "__main__":
    main(sys.argv[1:])
