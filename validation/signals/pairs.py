"""Sentence pairs of any origin: read them, and score them with every signal that judges a pair by itself."""

from pathlib import Path

import polars as pl

from globmed.errors import UserError
from globmed.languages import Language
from globmed.schema import SIGNALS
from globmed.storage.lines import read_lines
from validation.signals.evidence.round_trip import round_trip, round_trip_fault
from validation.signals.evidence.terminology import terminology, terminology_fault
from validation.signals.flags import text_faults, text_signals
from validation.signals.numbers.signal import numbers
from validation.signals.signal import Texts

COLUMNS = ["source", "target", "back"]
#: The third column, the translation translated back, may be absent.
HEADERS = ("source\ttarget", "source\ttarget\tback")
#: The codes of single reasons that withhold a translation.
CRITICAL_REASONS = {signal.reason for signal in SIGNALS.values() if signal.critical and signal.reason}


def read_pairs(path: Path) -> pl.DataFrame:
    """Read ``source, target`` and optionally ``back`` from a TSV file: a header, then one pair per line, no quoting.

    Only line ends separate pairs (`globmed.storage.lines`); trailing blank lines are ignored.

    Raises:
        UserError: unreadable, another header, or a line with another number of tabs than the header.
    """
    lines = read_lines(path)
    while lines and not lines[-1].strip(" "):
        lines.pop()
    if not lines or lines[0] not in HEADERS:
        found = lines[0][:60] if lines else ""
        raise UserError(
            f"{path}, line 1: {found!r}, expected the header source<TAB>target or source<TAB>target<TAB>back"
        )
    texts = pl.Series("line", lines[1:], dtype=pl.String)
    tabs, expected = texts.str.count_matches("\t", literal=True), lines[0].count("\t")
    wrong = (tabs != expected).arg_true()
    if len(wrong):
        header = lines[0].replace("\t", "<TAB>")
        raise UserError(f"{path}, line {wrong[0] + 2}: {tabs[int(wrong[0])]} tabs, expected {header}")
    return texts.str.split_exact("\t", expected).struct.rename_fields(COLUMNS[: expected + 1]).struct.unnest()


def score_pairs(
    pairs: pl.DataFrame, source: Language, target: Language, glossary: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the pairs in their order with a column per signal, ``reasons`` (codes) and ``critical``.

    A signal is null where it cannot judge; see ``validation/README.md`` for what each means. A pair is critical if a
    dose may have changed or the script is wrong; other reasons rank for review. A glossary adds ``terminology``, a
    column ``back`` adds ``round_trip``. Other columns of the pairs stay.
    """
    quantities = numbers(pairs["source"], pairs["target"], source, target)
    texts = Texts(pairs.select("source", "target"), source, target)
    signals = text_signals(texts)
    more, more_flagged = _on_request(pairs, source, target, glossary)
    every = pl.concat([text_faults(texts, signals), more_flagged], how="horizontal")
    codes = [pl.when(pl.col(flag)).then(pl.lit(flag)) for flag in every.columns]
    reasons = every.select(found=pl.concat_list(codes).list.drop_nulls())["found"]
    critical = every.select(found=pl.any_horizontal([c for c in every.columns if c in CRITICAL_REASONS]))["found"]
    return pairs.with_columns(
        quantities["agreement"].alias("numbers"),
        *signals,
        *more,
        quantities["reasons"].list.concat(reasons).alias("reasons"),
        (quantities["critical"] | critical).alias("critical"),
    )


def text_reasons(pairs: pl.DataFrame, source: Language, target: Language) -> pl.Series:
    """Return the reasons other than numbers that withhold each of the pairs ``source, target``, by the texts alone."""
    found = score_pairs(pairs.select("source", "target"), source, target)["reasons"]
    return found.list.set_intersection(sorted(CRITICAL_REASONS))


def _on_request(
    pairs: pl.DataFrame, source: Language, target: Language, glossary: pl.DataFrame | None
) -> tuple[list[pl.Series], pl.DataFrame]:
    """Return the signals that need more than the pair, and their flags."""
    signals, flagged = [], []
    if glossary is not None:
        scored = terminology(pairs["source"], pairs["target"], glossary, source, target)
        signals.append(scored["terminology"])
        flagged.append(terminology_fault(scored))
    if "back" in pairs.columns:
        signals.append(round_trip(pairs["source"], pairs["back"]))
        flagged.append(round_trip_fault(pairs["source"], signals[-1]).alias("round_trip"))
    return signals, pl.DataFrame(flagged)
