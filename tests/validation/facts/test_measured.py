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


def native(english: str, answer: str = "A", **provenance: object) -> pl.DataFrame:
    """A question born in French, with its English row."""
    rows = [
        ("french", "Combien de litres de sang, 5 ou 50 ?", "A", "original", {"engine": None, "memory": None}),
        ("english", english, answer, "machine", {"engine": "memory", "memory": 1.0, **provenance}),
    ]
    options = [[{"label": "A", "text": "5 litres"}, {"label": "B", "text": "50 litres"}]] * 2
    columns = dict(zip(("config", "question", "answer", "origin", "provenance"), zip(*rows, strict=True), strict=True))
    parts = {name: list(values) for name, values in columns.items()} | {"options": options}
    frame = pl.DataFrame(parts).with_columns(
        id=pl.lit("born/train/1"), source=pl.lit("born"), split=pl.lit("train"), task=pl.lit("mcqa")
    )
    kinds = polars_schema()
    fields = {field.name: field.dtype for field in kinds["provenance"].fields}  # type: ignore[attr-defined]
    whole = pl.struct(
        *(
            pl.col("provenance").struct.field(name).cast(kind)
            if name in ("engine", "memory")
            else pl.lit(None, kind).alias(name)
            for name, kind in fields.items()
        )
    )
    frame = frame.with_columns(provenance=whole)
    absent = [pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in frame.columns]
    return frame.with_columns(absent).select("config", "split", *kinds)


def native_faults(rows: pl.DataFrame, folder: Path) -> list[tuple[str, str, str]]:
    write_rows(rows, folder / "dataset")
    faults = pl.read_parquet(measured_faults(find_files(folder / "dataset"), "english", folder / "kept"))
    return faults.filter(pl.col("check").str.contains("native")).select("check", "id", "detail").rows()


def test_english_that_agrees_with_its_native_text_is_no_fault(tmp_path: Path) -> None:
    assert native_faults(native("How many litres of blood, 5 or 50?"), tmp_path) == []


def test_english_with_another_number_than_its_native_text_is_named(tmp_path: Path) -> None:
    ((check, item, detail),) = native_faults(native("How many litres of blood, 5 or 500?"), tmp_path)
    assert (check, item) == ("native", "born/train/1")
    assert "number" in detail


def test_english_with_another_key_or_other_options_than_its_native_text_is_named(tmp_path: Path) -> None:
    rows = native("How many litres of blood, 5 or 50?", "B")
    assert native_faults(rows, tmp_path / "a") == [("native", "born/train/1", "another answer")]
    options = pl.when(pl.col("config") == "english").then(pl.col("options").list.head(1)).otherwise("options")
    assert native_faults(native("How many litres of blood, 5 or 50?").with_columns(options=options), tmp_path / "b")


def test_english_of_the_upstream_is_counted_by_source(tmp_path: Path) -> None:
    rows = native("How many litres of blood, 5 or 500?", engine="the publisher", memory=None)
    ((check, source, detail),) = native_faults(rows, tmp_path)
    assert (check, source) == ("source_native", "born")
    assert detail == "1 of 1 English rows of the upstream differ from its native text"
