"""Measure what withholds long texts: ``python -m benchmarks.long_texts [language ...]``.

The first table has rows of 1, 2, 4, 8 and 16 consecutive sentences of human translations: the share in per cent that is
critical, and that is critical without an error of the reference itself (``reference_errors.toml``). The second one has
the share of planted faults that is critical: each fault in one sentence of a row, and two numbers anywhere in a row
that changed places (``across``). Rows that are critical by themselves are left out of it.
"""

import sys
from random import Random

import polars as pl

from benchmarks.checks.fact_faults import FACT_FAULTS
from benchmarks.checks.faults import NUMBER_FAULTS, Fault, transpose_numbers
from benchmarks.checks.validation import errors, stopped
from benchmarks.corpus.corpora import pairs
from globmed.languages import ENGLISH, Language, language, select
from validation.signals.pairs import score_pairs

SENTENCES = (1, 2, 4, 8, 16)
PLANTED_IN = (1, 4, 8)
#: The planted rows of a kind that are judged, at most.
MOST = 250


def main(names: list[str]) -> None:
    """Print both tables."""
    chosen = [entry for entry in select(names or None) if entry.name != ENGLISH]
    alarms = pl.DataFrame([_alarms(entry) for entry in chosen])
    caught = pl.DataFrame([_caught(entry, n) for entry in chosen for n in PLANTED_IN], infer_schema_length=None)
    with pl.Config(tbl_cols=-1, tbl_rows=-1, tbl_width_chars=300, float_precision=2, tbl_hide_column_data_types=True):
        print(alarms, caught, sep="\n")


def rows(corpus: pl.DataFrame, n: int) -> pl.DataFrame:
    """Return ``id, source, target``, lists of n consecutive sentences of one corpus each."""
    numbered = corpus.with_columns(corpus=pl.col("id").str.split(":").list.first()).with_columns(
        row=pl.int_range(pl.len()).over("corpus") // n
    )
    grouped = numbered.group_by("corpus", "row", maintain_order=True).agg("id", "source", "target")
    return grouped.filter(pl.col("id").list.len() == n).drop("corpus", "row")


def _joined(found: pl.DataFrame, target: Language) -> pl.DataFrame:
    space = "" if target.script in ("Hans", "Jpan") else " "
    return found.with_columns(pl.col("source").list.join(" "), pl.col("target").list.join(space))


def _alarms(target: Language) -> dict[str, float | str]:
    measured: dict[str, float | str] = {"language": target.tag}
    wrong = errors(target)
    for n in SENTENCES:
        texts = _joined(rows(pairs(target), n), target)
        critical = score_pairs(texts.select("source", "target"), language(ENGLISH), target)["critical"]
        sound = texts["id"].list.eval(pl.element().is_in(wrong)).list.any().not_()
        measured |= {f"critical {n}": 100 * _share(critical), f"false {n}": 100 * _share(critical & sound)}
    return measured


def _caught(target: Language, n: int) -> dict[str, float | str | None]:
    every = rows(pairs(target), n)
    sound = every.filter(~stopped(_joined(every, target), target))
    facts = [_planted(sound, fault, target) for fault in FACT_FAULTS.values()]
    planted = {name: _planted(sound, fault, target) for name, fault in NUMBER_FAULTS.items()}
    planted |= {"facts": pl.concat(facts), "across": _planted_across(sound, target)}
    shares = {
        name: _share(stopped(_joined(bad, target), target)) if bad.height else None for name, bad in planted.items()
    }
    return {"language": target.tag, "sentences": n, **shares}


def _planted(sound: pl.DataFrame, fault: Fault, target: Language) -> pl.DataFrame:
    """Return the rows with a fault in one of their sentences; rows that have no place for it are left out."""
    found = []
    for number, (source, texts) in enumerate(sound.select("source", "target").iter_rows()):
        random = Random(number)
        for place in random.sample(range(len(texts)), len(texts)):
            bad = fault(random, source[place], texts[place], target)
            if bad not in (None, texts[place]):
                found.append((source, [*texts[:place], bad, *texts[place + 1 :]]))
                break
    return _some(found, sound)


def _planted_across(sound: pl.DataFrame, target: Language) -> pl.DataFrame:
    joined = _joined(sound, target)
    found = [
        ([source], [bad])
        for number, (source, text) in enumerate(joined.select("source", "target").iter_rows())
        if (bad := transpose_numbers(Random(number), source, text, target)) is not None
    ]
    return _some(found, sound)


def _some(found: list[tuple[list[str], list[str]]], sound: pl.DataFrame) -> pl.DataFrame:
    kept = Random(0).sample(found, MOST) if len(found) > MOST else found
    return pl.DataFrame(kept, schema=sound.select("source", "target").schema, orient="row")


def _share(found: pl.Series) -> float:
    return float(found.sum()) / found.len()


if __name__ == "__main__":
    main(sys.argv[1:])
