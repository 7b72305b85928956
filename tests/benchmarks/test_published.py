"""The made-up records in the publishers' layouts: every parser reads all of them, and the memory has their texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from benchmarks.corpus import words
from benchmarks.corpus.layouts import repositories
from benchmarks.corpus.published import Corpus, read_published
from benchmarks.corpus.translations import write_translations
from builders.fetch.unpack import unpack
from builders.sources import SOURCES
from builders.sources.item import Reason
from builders.sources.items import ITEMS, ItemsReport, build_items
from builders.translate.memory import build_memory, memory_files
from builders.translate.segments import build_segments
from globmed.languages import language

SCALE, ROWS = 0.001, 3_000
#: The vocabulary: common, usual and rare words; to make one of full size takes half a minute.
FEW = (100, 400, 1_000)


@dataclass(frozen=True)
class Made:
    """A corpus, the folder of its items, and the report on them."""

    corpus: Corpus
    items: Path
    report: ItemsReport


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "RANKS", FEW)
        patch.setattr(words, "WORDS", FEW[-1])
        words.words.cache_clear()
        corpus = Corpus(read_published(SCALE), ROWS, seed=1)
        words.words.cache_clear()
    for name, files in repositories(corpus):
        put(name, files, folder / "sources")
    return Made(corpus, folder / "items", build_items(folder / "sources", folder / "items"))


def put(name: str, files: Mapping[str, bytes], folder: Path) -> None:
    """Put the files of a repository into the folders of its sources, as a fetch does."""
    (address,) = {each.place.address for each in SOURCES.values() if each.folder == name and each.place}
    places = {each.folder: each.place for each in SOURCES.values() if each.place and each.place.address == address}
    for own, place in places.items():
        for path, content in files.items():
            assert place.wants(path) or place.kind == "hand"
            target = folder / own / path.removeprefix(place.below)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            if place.members:
                unpack(target, name, place.wants_member, folder / own)
                target.unlink()


def test_every_record_is_read_and_only_those_are_left_out_that_should_be(made: Made) -> None:
    expected = {each.name: each.size * (1 + len(each.also)) for each in made.corpus.sources}
    for part in ("mmlu_pro", "afrimedqa"):
        expected[part] += expected.pop(f"{part}_{'other' if part == 'mmlu_pro' else 'consumer'}")
    # Both read the same files, and each leaves out the other's records.
    both = sum(expected.pop(f"expertqa_{part}") for part in ("med", "bio", "other"))
    expected |= {"expertqa_med": both, "expertqa_bio": both, "casimedicos": expected["medexpqa"]}
    found = {name: sum(tally.records for tally in each.files.values()) for name, each in made.report.sources.items()}
    assert found == expected
    # Of so few words, two options may be alike, and two records too.
    chance = {Reason.RIGHT_OPTION_TWICE, Reason.TWO_KEYS, Reason.DUPLICATE, Reason.CONFLICTING_DUPLICATE}
    meant = {Reason.OUTSIDE_FIELD, Reason.SEVERAL_ANSWERS, Reason.NO_CORRECT_ANSWER}
    assert set(made.report.total.rejects) - chance == meant


def test_the_memory_has_every_text_of_the_records_with_translations(made: Made, tmp_path: Path) -> None:
    units = write_translations(made.corpus, tmp_path / "memory")
    report = build_memory(memory_files([tmp_path / "memory"]), tmp_path / "memory.parquet")
    assert (report.units, report.used, report.left_out) == (units, units, {})
    build_segments(made.items / ITEMS, tmp_path / "segments.parquet")
    segments = pl.read_parquet(tmp_path / "segments.parquet").filter(pl.col("id").str.starts_with("headqa/"))
    known = pl.read_parquet(tmp_path / "memory.parquet").filter(language=language("zulu").tag)
    # Questions, answers and explanations of the sources that are translated whole.
    assert segments.height > 0
    assert segments.join(known, on="memory_key", how="anti").is_empty()
