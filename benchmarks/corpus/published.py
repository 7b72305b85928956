"""Made-up records of every source in their published numbers (``published.toml``), and translations of a share."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.corpus.items import make_items, make_texts, place_numbers, plant
from benchmarks.corpus.shape import Group, read_shape
from benchmarks.corpus.words import made_up, words, write_texts
from globmed.languages import ENGLISH
from globmed.schema import SPLITS, TEXTS

COUNTS = Path(__file__).with_suffix(".toml")
#: The share of records that repeat one of the same source's training split.
PLANTED = 0.02
#: At least so many records of every split, however small the scale.
FEWEST = 4
#: The sources of inference have no measured shape: their premise is an abstract, their hypothesis its conclusion.
INFERENCE = {
    "bionli": ((0, "contradiction", 6), (0, "entailment", 1)),
    "mednli": ((0, "contradiction", 1), (0, "entailment", 1), (0, "neutral", 1)),
}
ABSTRACT = "pubmedqa/test"


@dataclass(frozen=True, slots=True)
class Published:
    """One source, or a part of it that its parser leaves out.

    Attributes:
        name: of the source.
        language: config name of the language of its records.
        also: those of the languages that it has its records in, too.
        like: the group whose lengths and answers its records have, as ``source/split``.
        records: by split.
        whole: whether every record has translations.
        parsed: False if no record becomes an item.
    """

    name: str
    language: str
    like: str
    records: Mapping[str, int]
    also: tuple[str, ...] = ()
    whole: bool = False
    parsed: bool = True

    @property
    def size(self) -> int:
        """Its number of records."""
        return sum(self.records.values())


@dataclass(frozen=True, slots=True)
class Records:
    """Records of several sources, and their texts by config name: ``written``, in the order of ``texts``."""

    items: pl.DataFrame
    texts: pl.DataFrame
    written: Mapping[str, pl.Series]

    def rows(self, name: str, language: str) -> pl.DataFrame:
        """Return the records of a source in a language: ``split, answer, options`` (texts) and every other text."""
        own = self.items.filter(source=name).drop("options")
        texts = self.texts.select("item", "name", "option", text=self.written[language]).filter(
            pl.col("item").is_in(own["item"].implode())
        )
        options = texts.filter(name="option").group_by("item", maintain_order=True).agg(options="text")
        rows = own.join(options, on="item", how="left", maintain_order="left")
        for text in TEXTS:
            each = texts.filter(name=text).select("item", pl.col("text").alias(text))
            rows = rows.join(each, on="item", how="left", maintain_order="left")
        return rows.select("split", pl.col("answer").replace("", None), "options", *TEXTS)


def read_published(scale: float = 1) -> tuple[Published, ...]:
    """Return the sources, with that share of their records."""
    entries = tomllib.loads(COUNTS.read_text("utf-8"))
    return tuple(
        Published(**{"name": name, **entry, "also": tuple(entry.get("also", ())), "records": _scaled(entry, scale)})
        for name, entry in entries.items()
    )


def _scaled(entry: Mapping[str, dict[str, int]], scale: float) -> dict[str, int]:
    return {split: max(round(count * scale), FEWEST) for split, count in entry["records"].items()}


class Corpus:
    """The records of all sources for a seed; those with translations, and those without, by the language they are in.

    Args:
        sources: of `read_published`.
        rows: how many rows the records with translations are in all languages together.
        seed: the same one gives the same texts.
    """

    def __init__(self, sources: tuple[Published, ...], rows: int, seed: int) -> None:
        self.sources, self.seed = sources, seed
        some = [each for each in sources if each.parsed and not each.whole]
        rest = round(rows / len(made_up())) - sum(each.size for each in sources if each.whole)
        share = min(max(rest / sum(each.size for each in some), 0), 1)
        splits = {
            each.name: {split: _translated(each, count, share) for split, count in each.records.items()}
            for each in sources
        }
        self.translated = self._made("translated", splits, tuple(made_up()))
        self.others = {
            language: self._made(language, self._others(language, splits), (language,))
            for language in dict.fromkeys(each.language for each in sources)
        }

    def rows(self, source: Published, language: str) -> pl.DataFrame:
        """Return all records of a source in one of its languages, as `Records.rows`, with a ``number``."""
        parts = [self.translated] if source.whole else [self.translated, self.others[source.language]]
        made = pl.concat([part.rows(source.name, language) for part in parts])
        order = pl.col("split").replace_strict({split: place for place, split in enumerate(SPLITS)})
        return made.sort(order, maintain_order=True).with_row_index("number", 1)

    def pairs(self, language: str) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield ``english, text`` of the translations into a language by source, without repetitions."""
        texts = self.translated.texts.select(
            "item", english=self.translated.written[ENGLISH], text=self.translated.written[language]
        ).join(self.translated.items.select("item", "source"), on="item", maintain_order="left")
        for (name,), own in texts.group_by("source", maintain_order=True):
            yield str(name), own.select("english", "text").unique("english", keep="first", maintain_order=True)

    def _others(self, language: str, translated: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
        return {
            each.name: {split: count - translated[each.name][split] for split, count in each.records.items()}
            for each in self.sources
            if each.language == language
        }

    def _made(self, name: str, counts: Mapping[str, Mapping[str, int]], languages: tuple[str, ...]) -> Records:
        random = np.random.default_rng([self.seed, *name.encode()])
        like = {each.name: each.like for each in self.sources}
        groups = tuple(
            replace(_shape(like[source]), source=source, split=split, items=count)
            for source, splits in counts.items()
            for split, count in splits.items()
            if count
        )
        made = make_items(random, groups, sum(group.items for group in groups))
        # A record repeats one of its own source: others have other numbers of options.
        items = plant(random, made.with_columns(task="source"), PLANTED)
        texts = make_texts(random, items, groups)
        numbers = place_numbers(random, texts)
        every = made_up()
        # Of one seed, two parts would begin with the same words.
        drawn = int(random.integers(2**31))
        written = {
            each: write_texts(texts, numbers, words(every[each], self.seed, plausible=True), every[each], drawn)
            for each in languages
        }
        return Records(items, texts, written)


def _translated(source: Published, count: int, share: float) -> int:
    return count if source.whole else round(count * share) if source.parsed else 0


def _shape(like: str) -> Group:
    groups = {f"{group.source}/{group.split}": group for group in read_shape()}
    if like not in INFERENCE:
        return groups[like]
    texts = {text.name: text for text in groups[ABSTRACT].texts}
    pair = (replace(texts["context"], name="premise"), replace(texts["long_answer"], name="hypothesis"))
    return replace(groups[ABSTRACT], task="nli", answers=INFERENCE[like], texts=pair)
