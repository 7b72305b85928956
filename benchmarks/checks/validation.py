"""Measure the validation signals: ``python -m benchmarks.validation [language ...]``.

One line a language: pairs flagged among human translations and the false alarms among them (reference errors,
``reference_errors.toml``, are none), the share of each planted fault that is caught, and pairs a second.
"""

import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from random import Random

import polars as pl

from benchmarks.checks.fact_faults import FACT_FAULTS
from benchmarks.checks.faults import NUMBER_FAULTS, Fault
from benchmarks.checks.text_faults import TEXT_FAULTS
from benchmarks.corpus.corpora import pairs
from globmed.languages import ENGLISH, Language, language, select
from validation.signals.flags import text_faults, text_signals
from validation.signals.numbers.signal import numbers
from validation.signals.rows.alignment import FAULT_BELOW, alignment
from validation.signals.signal import Texts
from validation.signals.text.facts.signal import SIGNAL as FACTS

Judge = Callable[[pl.DataFrame, Language], pl.Series]
ERRORS = Path(__file__).with_name("reference_errors.toml")
SEED = 7


def main(names: list[str]) -> None:
    """Print the table."""
    rows = [_measure(entry) for entry in select(names or None) if entry.name != ENGLISH]
    table = pl.DataFrame(rows, infer_schema_length=None)
    with pl.Config(tbl_cols=-1, tbl_rows=-1, tbl_width_chars=300, float_precision=3, tbl_hide_column_data_types=True):
        print(table)


def _measure(entry: Language) -> dict[str, float | str | None]:
    corpus = pairs(entry)
    critical, number_rate = _timed(_numbers, corpus, entry)
    others, text_rate = _timed(_texts, corpus, entry)
    sound = corpus.filter(~critical)
    stranger = pairs(language("de" if entry.tag != "de" else "fr"))["target"].head(1997)
    return {
        "language": entry.tag,
        "flagged %": _percent(critical),
        "false %": _percent(critical & ~corpus["id"].is_in(errors(entry))),
        **{name: _recall(sound, fault, entry, stopped) for name, fault in NUMBER_FAULTS.items()},
        "facts false %": _percent(_facts(corpus, entry)),
        **{name: _recall(corpus, fault, entry, _facts) for name, fault in FACT_FAULTS.items()},
        "text false %": _percent(others),
        **{name: _recall(corpus, fault, entry, _texts) for name, fault in TEXT_FAULTS.items()},
        "wrong language": _share(_texts(corpus.head(1997).with_columns(target=stranger), entry)),
        **dict(zip(("swapped", "swap false %"), _swapped(corpus), strict=True)),
        "numbers/s": number_rate,
        "texts/s": text_rate,
    }


def _numbers(corpus: pl.DataFrame, entry: Language) -> pl.Series:
    return numbers(corpus["source"], corpus["target"], language(ENGLISH), entry)["critical"]


def _facts(corpus: pl.DataFrame, entry: Language) -> pl.Series:
    texts = Texts(corpus.select("source", "target"), language(ENGLISH), entry)
    return texts.pairs.select(found=FACTS.measure(texts) < 1)["found"].fill_null(False)


def stopped(corpus: pl.DataFrame, entry: Language) -> pl.Series:
    """Return which pairs are critical by their numbers or facts."""
    return _numbers(corpus, entry) | _facts(corpus, entry)


def _texts(corpus: pl.DataFrame, entry: Language) -> pl.Series:
    texts = Texts(corpus.select("source", "target"), language(ENGLISH), entry)
    found = text_faults(texts, text_signals(texts))
    return found.select(pl.any_horizontal(pl.all())).to_series()


def _swapped(corpus: pl.DataFrame) -> tuple[float, float]:
    """Return one row in twenty changes places: the share of them that is found, and false alarms in per cent."""
    rows = list(range(corpus.height))
    moved = Random(SEED).sample(rows, corpus.height // 20)
    for row, other in zip(moved, moved[1:] + moved[:1], strict=True):
        rows[row] = other
    low = (alignment(corpus["source"], corpus["target"][rows]) < FAULT_BELOW).fill_null(False)
    is_moved = pl.Series(range(corpus.height)).is_in(moved)
    return _share(low.filter(is_moved)), _percent(low.filter(~is_moved))


def _timed(judge: Judge, corpus: pl.DataFrame, entry: Language) -> tuple[pl.Series, int]:
    judge(corpus.head(10), entry)  # patterns are compiled once
    started = time.perf_counter()
    found = judge(corpus, entry)
    return found, round(corpus.height / (time.perf_counter() - started))


def _recall(corpus: pl.DataFrame, fault: Fault, entry: Language, judge: Judge) -> float | None:
    random = Random(SEED)
    planted = [
        (source, bad)
        for source, target in corpus.select("source", "target").iter_rows()
        if (bad := fault(random, source, target, entry)) not in (None, target)
    ]
    if not planted:
        return None
    return _share(judge(pl.DataFrame(planted, schema=["source", "target"], orient="row"), entry))


def errors(entry: Language) -> list[str]:
    """Return the ids of the sentences whose human reference is itself wrong."""
    listed = tomllib.loads(ERRORS.read_text("utf-8")).get(entry.name, {})
    return [sentence for kind in listed.values() for sentence in kind]


def _share(found: pl.Series) -> float:
    return float(found.sum()) / found.len()


def _percent(found: pl.Series) -> float:
    return 100 * _share(found)


if __name__ == "__main__":
    main(sys.argv[1:])
