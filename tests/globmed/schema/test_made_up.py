"""One definition: a made-up column, task text, signal and metric are known wherever such things are listed.

They are written where real ones would be, in a copy of the checkout: a column in ``globmed/schema.py``, what a model is
asked in the prompts too; a signal in ``globmed/schema.py`` and a module of its own, a critical one in the thresholds
too; a metric in ``globmed/metrics.py``. Then the real code runs (`tests.globmed.schema.made_up`).
"""

import json
from pathlib import Path

import pytest

from tests.globmed.schema.made_up import ITEMS, WARD
from tests.support.copied import copy_checkout, insert, run_in

SIGNAL = '''"""Shouting: a made-up signal."""

import polars as pl

from validation.signals.signal import TARGET, TextSignal

SIGNAL = TextSignal(
    "shouting",
    measure=lambda texts: pl.when(TARGET.str.contains("AAA")).then(0.25).otherwise(1.0),
    fault=lambda value, texts: value < 1,
)
'''
THRESHOLDS = "".join(
    f'\n[quality.shouting_{name}]\nvalue = {value}\nreason = "made up"\n'
    for name, value in (("below", 1.0), ("high", 0.5), ("low", 0.5))
)
FIELDS = """    Field(
        "vignette",
        pa.string(),
        True,
        "made up: what is read before the question",
        used_by=("mcqa",),
        required_by=("mcqa",),
        translated=True,
        asked=True,
    ),
    Field("setting", pa.string(), True, "made up: where the patient is", used_by=TASKS, compared=True),
"""
PLACES = {
    "items": [WARD, "the ward"],
    "rejects": ["empty text", "fields of another task"],
    "leaks": [["sample/train/leak", "sample/test/held"]],
    "segments": sum(1 for item in ITEMS if item.get("vignette") and item["task"] == "mcqa") - 1,
    "rows": [f"sw {WARD}", "the ward"],
    "worst text": 0.25,
    "reason": True,
    "withheld": ["loud"],
    "collapsed": ["twin-a", "twin-b"],
    "review": ["question", "vignette", "A", "B"],
    "prompt": f"Kisa: sw {WARD}",
    "whole": True,
    "diff": ["quality", "vignette"],
    "verify": ["parity/setting", "structure/other_task", "structure/signal_range", "structure/text_missing"],
    "validate": [
        *("measured/edited", "parity/setting"),
        *("structure/other_task", "structure/signal_range", "structure/text_missing"),
    ],
    "measures": ["shouting_high", "shouting_low"],
    "card": [
        "| `vignette` | string or null | made up: what is read before the question |",
        "| `setting` | string or null | made up: where the patient is |",
    ],
    "card's signals": True,
    "card's reasons": ["- `shouting` (critical): the text is in capitals"],
    "croissant": ["setting", "vignette"],
    "croissant's signals": True,
    "plots": True,
    "benchmark": True,
    "lm-eval": True,
    "scores": 2.0,
    "means": [1.5],
    "report": ["Chattiness, means by language. chattiness: made up"],
    "model's card": ["chattiness", 2],
}


def made_up_checkout(root: Path) -> Path:
    """Return a copy of the checkout with the column, the text, the signal and the metric."""
    copy = copy_checkout(root)
    schema = copy / "globmed" / "schema.py"
    insert(schema, '    Field(\n        "origin",', FIELDS)
    signal = 'Signal("shouting", "least", "the text is in capitals", critical=True, reason="shouting")'
    insert(schema, '    Signal("terminology"', f"    {signal},\n")
    (copy / "validation" / "signals" / "text" / "shouting.py").write_text(SIGNAL, "utf-8")
    with (copy / "validation" / "thresholds.toml").open("a", encoding="utf-8") as thresholds:
        thresholds.write(THRESHOLDS)
    metric = 'Metric("chattiness", "Chattiness", "chattiness", most=2, measure=lambda answer, reference, language: 2.0)'
    insert(copy / "globmed" / "metrics.py", '    Metric("judge"', f"    {metric},\n")
    for prompts in (copy / "globmed" / "prompts").glob("*.toml"):
        words = "Kisa" if prompts.stem == "swahili" else "Vignette"
        insert(prompts, "\n[answers]", f'vignette = "{words}: {{vignette}}"\n')
    return copy


@pytest.mark.slow
def test_every_place_knows_what_was_made_up(tmp_path: Path) -> None:
    copy = made_up_checkout(tmp_path / "checkout")
    assert json.loads(run_in(copy, "-m", "tests.globmed.schema.made_up", tmp_path)) == PLACES
