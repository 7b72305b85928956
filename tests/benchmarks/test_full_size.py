"""The made-up corpus: valid, repeatable, and its planted pairs are found."""

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from benchmarks.checks.near_duplicates import measure
from benchmarks.corpus.full_size import PLANTED, ROWS, make_corpus
from benchmarks.corpus.items import make_items, make_texts, plant
from benchmarks.corpus.shape import GRID, read_shape
from benchmarks.corpus.words import made_up
from globmed.languages import ENGLISH, Language, language
from globmed.schema import arrow_schema
from globmed.storage.files import sha256
from validation.facts.leakage import find_leakage
from validation.facts.structure import find_structure_faults
from validation.signals.numbers.signal import numbers

SIZE, SHARE = 6_000, 0.2


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full_size") / "corpus"
    make_corpus(folder, SIZE, SHARE, seed=1)
    return folder


def read(corpus: Path, entry: Language) -> pl.DataFrame:
    files = sorted((corpus / ROWS / entry.name).glob("*.parquet"))
    return pl.concat([pl.read_parquet(file).with_columns(split=pl.lit(file.stem)) for file in files])


def digests(corpus: Path) -> dict[str, str]:
    return {str(path.relative_to(corpus)): sha256(path) for path in corpus.rglob("*.parquet")}


def test_the_same_seed_gives_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    make_corpus(tmp_path / "corpus", SIZE, SHARE, seed=1)
    assert digests(tmp_path / "corpus") == digests(corpus)


def test_another_seed_gives_another_corpus(corpus: Path, tmp_path: Path) -> None:
    make_corpus(tmp_path / "corpus", 600, SHARE, seed=2)
    assert not set(digests(tmp_path / "corpus").values()) & set(digests(corpus).values())


def test_the_rows_are_those_of_a_release(corpus: Path, tmp_path: Path) -> None:
    for file in (corpus / ROWS).glob("*/*.parquet"):
        assert pq.read_schema(file).remove_metadata() == arrow_schema()
        release = tmp_path / file.parent.name / f"{file.stem}-00000-of-00001.parquet"
        release.parent.mkdir(exist_ok=True)
        shutil.copy(file, release)
    assert find_structure_faults(tmp_path).rows() == []
    assert {read(corpus, entry).height for entry in made_up().values()} == {SIZE // len(made_up())}


def test_texts_are_as_long_as_those_of_the_sources() -> None:
    random, shape = np.random.default_rng(1), read_shape()
    items = plant(random, make_items(random, shape, 20_000), 0)
    texts = make_texts(random, items, shape).join(items.select("item", "group"), on="item")
    place = max(range(len(shape)), key=lambda place: shape[place].items)
    for text in shape[place].texts:
        lengths = texts.filter(pl.col("group") == place, pl.col("name") == text.name)["characters"].to_numpy()
        assert np.quantile(lengths, GRID[1:-1]) == pytest.approx(text.characters[1:-1], rel=0.1)


@pytest.mark.parametrize("name", made_up())
def test_planted_pairs_are_found_in_every_language_and_no_others(corpus: Path, name: str) -> None:
    measured = measure(corpus, language(name))
    assert measured["planted"] == SHARE * SIZE / len(made_up())
    assert measured["exact found"] == 1
    assert float(measured["near found"]) >= 0.95
    assert measured["others"] == 0


@pytest.mark.parametrize("name", ["chinese", "yoruba"])
def test_leakage_is_what_was_planted(corpus: Path, name: str) -> None:
    planted = pl.read_parquet(corpus / PLANTED).sort("id_a", "id_b")
    found = find_leakage(read(corpus, language(name)), language(name))
    assert found.select("id_a", "id_b", "kind").equals(planted)
    assert set(found["split_a"]) == {"train"}
    assert found["split_b"].is_in(["validation", "test"]).all()


@pytest.mark.parametrize("name", ["german", "swahili", "japanese"])
def test_numbers_are_the_same_in_every_language(corpus: Path, name: str) -> None:
    both = read(corpus, language(ENGLISH)).join(read(corpus, language(name)), on="id", suffix="_made")
    assert both["question"].str.contains(r"\d").mean() > 0.2  # type: ignore[operator]
    compared = numbers(both["question"], both["question_made"], language(ENGLISH), language(name))
    # A made-up word may be a number word by chance.
    assert compared["critical"].mean() < 0.02  # type: ignore[operator]
