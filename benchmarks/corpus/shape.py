"""The shape of the sources: how long their texts are and which answers they have. Numbers alone, no text.

Kept in ``full_size.toml`` so that a corpus of that shape can be made where the sources are not.
"""

import json
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from builders.sources.items import ITEMS, build_items
from globmed.schema import TEXTS

STORED = Path(__file__).with_name("full_size.toml")
#: Quantiles of the lengths, from the shortest to the longest.
GRID = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1])
NUMBER = r"\d+(?:[.,]\d+)*"
HEADER = """\
# Written by `python -m benchmarks.full_size --upstream DIR`: English items, a table per source, task and split.
#
# items       how many
# answers     number of options, answer (empty where it is free text), how many items have both
# given       share of the items that have the text
# characters  quantiles of its length: 0, 10, ... 90, 95, 99, 100 %
# numbers     numbers in a character of it
"""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a group's items."""

    name: str
    given: float
    characters: tuple[float, ...]
    numbers: float


@dataclass(frozen=True, slots=True)
class Group:
    """The items of one source, task and split."""

    source: str
    task: str
    split: str
    items: int
    answers: tuple[tuple[int, str, int], ...]
    texts: tuple[Text, ...]


def read_shape() -> tuple[Group, ...]:
    """Return the groups of the stored shape."""
    return tuple(_group(entry) for entry in tomllib.loads(STORED.read_text("utf-8"))["group"])


def store_shape(upstream: Path) -> None:
    """Parse a folder of sources and store the shape of their English items."""
    with tempfile.TemporaryDirectory() as folder:
        build_items(upstream, Path(folder) / "items")
        items = pl.read_parquet(Path(folder) / "items" / ITEMS).filter(pl.col("language") == "en")
    groups = items.sort("source", "task", "split").partition_by("source", "task", "split")
    STORED.write_text(HEADER + "".join(_entry(group) for group in groups), "utf-8")


def _group(entry: dict[str, Any]) -> Group:
    texts = tuple(Text(name, t["given"], tuple(t["characters"]), t["numbers"]) for name, t in entry["texts"].items())
    answers = tuple((options, answer, items) for options, answer, items in entry["answers"])
    return Group(entry["source"], entry["task"], entry["split"], entry["items"], answers, texts)


def _entry(items: pl.DataFrame) -> str:
    """Return a group in TOML."""
    source, task, split = items.select("source", "task", "split").row(0)
    options = pl.col("options").list.len().fill_null(0).alias("options")
    answers = items.group_by(options, pl.col("answer").fill_null("")).len().sort("options", "answer").rows()
    lines = ["", "[[group]]", f'source = "{source}"', f'task = "{task}"', f'split = "{split}"']
    lines += [f"items = {items.height}", f"answers = {json.dumps(answers)}"]
    for name in TEXTS:
        lines += _text(name, items[name], items.height)
    if task == "mcqa":
        texts = items["options"].explode(empty_as_null=False).struct.field("text")
        lines += _text("option", texts, texts.len())
    return "\n".join(lines) + "\n"


def _text(name: str, texts: pl.Series, of: int) -> list[str]:
    texts = texts.drop_nulls()
    if texts.is_empty():
        return []
    length = texts.str.len_chars().to_numpy()
    quantiles = ", ".join(str(round(value)) for value in np.quantile(length, GRID))
    numbers = texts.str.count_matches(NUMBER).sum() / max(length.sum(), 1)
    values = f"given = {texts.len() / of:.3f}, characters = [{quantiles}], numbers = {numbers:.4f}"
    return [f"texts.{name} = {{ {values} }}"]
