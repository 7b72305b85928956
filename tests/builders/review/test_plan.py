from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.review.plan import Wish, plan, random_size
from builders.review.round import Round
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.texts import block, split_block
from globmed.errors import UserError
from globmed.languages import select

THREE = {"swahili": ["amina", "juma", "zawadi"]}


def drawn(build: BuildFolder, out: Path, **wish: object) -> Round:
    plan(build, select("swahili"), out, Wish(**{"items": 20, "raters": THREE} | wish))  # type: ignore[arg-type]
    return Round(out)


def test_a_withheld_row_comes_first_by_risk_and_never_by_chance(faulty_build: BuildFolder, tmp_path: Path) -> None:
    items = drawn(faulty_build, tmp_path / "a").read_items()
    withheld = pl.read_parquet(faulty_build.root / "assembled" / "swahili.parquet").filter(
        pl.col("quality").struct.field("critical")
    )["id"]
    assert withheld.len() > 0
    assert set(items.filter("critical")["row"]) == set(withheld)
    assert set(items.filter("critical")["part"]) == {"risk"}
    assert items.filter(pl.col("critical"))["missing"].list.len().min() == 1
    assert items["part"].value_counts().sort("part").rows() == [("random", 14), ("risk", 6)]
    assert items["row"].n_unique() == 20


def test_a_third_is_rated_twice_with_the_same_load_for_all(faulty_build: BuildFolder, tmp_path: Path) -> None:
    assignments = drawn(faulty_build, tmp_path / "a").read_assignments()
    twice = assignments.group_by("item").len().filter(pl.col("len") == 2)
    assert twice.height == 5 + 2, "a third of each part"
    assert assignments["code"].n_unique() == assignments.height == 27
    assert assignments["rater"].value_counts()["count"].to_list() == [9, 9, 9]
    pairs = assignments.filter(pl.col("item").is_in(twice["item"].implode())).group_by("item").agg("rater")
    assert pairs["rater"].list.sort().n_unique() == 3, "every pair of raters shares items"


def test_the_seed_decides_everything(faulty_build: BuildFolder, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    first, again = drawn(faulty_build, tmp_path / "a"), drawn(faulty_build, tmp_path / "b" / "a")
    other = drawn(faulty_build, tmp_path / "c", seed=1)
    assert first.items.read_bytes() == again.items.read_bytes()
    assert first.assignments.read_bytes() == again.assignments.read_bytes()
    assert set(first.read_items()["row"]) != set(other.read_items()["row"])


def test_the_random_part_gives_every_row_the_same_chance(faulty_build: BuildFolder, tmp_path: Path) -> None:
    counts = pl.concat(
        drawn(faulty_build, tmp_path / f"r{seed}", seed=seed, items=10).read_items().filter(part="random")
        for seed in range(40)
    )["row"].value_counts()
    # 280 draws over about 35 rows: 8 each on average; 5 standard deviations either side.
    assert counts.height > 30
    assert counts["count"].max() < 8 + 5 * 2.6  # type: ignore[operator]


def test_the_interval_sets_the_size() -> None:
    assert random_size(Wish(interval=0.05), 10**9) == 385
    assert random_size(Wish(interval=0.05), 1000) == 278
    assert random_size(Wish(), 10**9) == 245
    assert random_size(Wish(), 100) == 100


def test_what_cannot_be_planned_is_said(faulty_build: BuildFolder, tmp_path: Path) -> None:
    drawn(faulty_build, tmp_path / "a")
    for wish, out, said in (
        ({}, "a", "is there already"),
        ({}, "Round One", "not a valid name of a round"),
        ({"raters": {"swahili": ["amina"]}}, "b", "has 1 raters"),
        ({"raters": {"swahili": ["../x", "juma"]}}, "b", "expected names"),
        ({"raters": {"yoruba": ["ade", "bisi"]}}, "b", "not among the languages"),
        ({"interval": 0.7}, "b", "--interval"),
    ):
        with pytest.raises(UserError, match=said):
            drawn(faulty_build, tmp_path / out, **wish)
    with pytest.raises(UserError, match="nothing was built there"):
        drawn(BuildFolder(tmp_path), tmp_path / "b")


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])), min_size=1, max_size=5))
def test_a_block_gives_its_texts_back(texts: list[str]) -> None:
    names = ["question", "A", "B", "C", "D"][: len(texts)]
    made = [{"name": name, "source": text} for name, text in zip(names, texts, strict=True)]
    assert split_block(names, block(made, "source")) == {m["name"]: m["source"].strip() for m in made}


@pytest.mark.parametrize("damaged", ["", "one", "[A] two", "[question] one", "[A] two\n[question] one", "[B] x\n[A] y"])
def test_a_block_that_lost_a_mark_is_none(damaged: str) -> None:
    assert split_block(["question", "A"], damaged) is None
