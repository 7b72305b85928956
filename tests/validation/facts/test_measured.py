"""What is measured of the rows at hand, beside what the tests of the suites and plants show."""

from pathlib import Path
from random import Random

import polars as pl
import pytest

from globmed.schema import polars_schema
from tests.validation.conftest import write_rows
from validation.facts.files import find_files
from validation.facts.measured import measured_faults

ROWS = 1_100
#: A made-up language in which every word has its translation, which is the word backwards.
WORDS = [f"{a}{b}{c}a{d}o" for a in "bdfgklm" for b in "aeiou" for c in "lrnm" for d in "nprst"]


def made_up(mixed: int) -> pl.DataFrame:
    """English and Zulu rows of random words; in Zulu every so many next rows have one another's texts."""
    random = Random(5)  # noqa: S311
    english = [random.sample(WORDS, 8) for _ in range(ROWS)]
    places = list(range(ROWS))
    for place in range(0, mixed, 2):
        places[place], places[place + 1] = place + 1, place
    zulu = [[word[::-1] for word in english[place]] for place in places]
    parts = [
        pl.DataFrame({"question": [" ".join(words) for words in texts]}).with_columns(
            config=pl.lit(config), origin=pl.lit(origin)
        )
        for config, texts, origin in (("english", english, "original"), ("zulu", zulu, "human"))
    ]
    rows = pl.concat(parts).with_columns(
        split=pl.lit("train"),
        source=pl.lit("made"),
        id=pl.format("made/train/{}", pl.int_range(pl.len()).over("config").cast(pl.String).str.zfill(5)),
    )
    absent = [pl.lit(None, kind).alias(name) for name, kind in polars_schema().items() if name not in rows.columns]
    return rows.with_columns(absent).select("config", "split", *polars_schema())


@pytest.mark.parametrize(("mixed", "found"), [(0, False), (60, False), (220, True)])
def test_rows_that_were_mixed_up_do_not_go_with_their_sources(tmp_path: Path, mixed: int, found: bool) -> None:
    write_rows(made_up(mixed), tmp_path / "dataset")
    faults = pl.read_parquet(measured_faults(find_files(tmp_path / "dataset"), "zulu", tmp_path / "kept"))
    assert (faults.filter(check="alignment").height == 1) is found


def test_few_rows_are_not_asked_whether_they_go_together(tmp_path: Path) -> None:
    few = made_up(220).filter(pl.col("id") < "made/train/00500")
    write_rows(few, tmp_path / "dataset")
    faults = pl.read_parquet(measured_faults(find_files(tmp_path / "dataset"), "zulu", tmp_path / "kept"))
    assert faults.filter(check="alignment").is_empty()
