"""What was kept of unchanged files gives the verdict that judging all of them anew gives."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from builders.rows.artifacts.folder import BuildFolder
from globmed.storage.queries import connect
from tests.validation.conftest import read_rows, write_rows
from validation.facts.files import find_files
from validation.facts.tables import make_tables
from validation.validate import validate

TODAY = date(2030, 1, 1)
CONFIGS = ("english", "french", "swahili")
ITEM = "sample/train/antibiotics-common-cold"
Change = Callable[[pl.DataFrame], pl.DataFrame]


def edited(config: str, **values: pl.Expr) -> Change:
    """Other values in one item of a config."""
    hit = (pl.col("config") == config) & (pl.col("id") == ITEM)
    columns = {name: pl.when(hit).then(value).otherwise(name) for name, value in values.items()}
    return lambda rows: rows.with_columns(**columns)


def faulty(rows: pl.DataFrame) -> pl.DataFrame:
    """In Swahili another answer, a held-out question as in train, and an item less."""
    (text,) = rows.filter(config="swahili", id=ITEM)["question"]
    swahili = pl.col("config") == "swahili"
    held_out = rows.filter(swahili, task="yesno", split="test")["id"].min()
    asked = pl.when(swahili & (pl.col("id") == held_out)).then(pl.lit(text)).otherwise("question")
    less = rows.filter(~swahili | (pl.col("id") != rows.filter(task="nli")["id"].min()))
    return edited("swahili", answer=pl.lit("maybe"))(less.with_columns(question=asked, context=pl.lit(None, pl.String)))


#: One after the other: what is changed, and what the suites then find.
CHANGES: list[tuple[Change, set[str]]] = [
    (edited("swahili", origin=pl.lit("postedited")), set()),
    (
        faulty,
        {
            *("parity/answer in swahili", "parity/absent in swahili", "leakage/train_held_out in swahili"),
            "measured/edited in swahili",
        },
    ),
    (
        edited("english", answer=pl.lit("maybe"), question=pl.lit("Is it true?")),
        {"parity/answer in french", "measured/edited in french"},
    ),
]


def judged_tables(folder: Path, kept: Path | None) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table that the suites read."""
    with connect() as database:
        make_tables(database, find_files(folder), None, kept)
        names = [name for (name,) in database.sql("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: database.sql(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in names}


def test_the_verdict_is_that_of_judging_everything(demo_build: BuildFolder, tmp_path: Path) -> None:
    """A French row, in a file that never changes, has no licence from the start."""
    folder, kept = tmp_path / "dataset", tmp_path / "judged"
    rows = read_rows(demo_build.root).filter(pl.col("config").is_in(CONFIGS))
    unlicensed = pl.col("provenance").struct.with_fields(licence=pl.lit(None, pl.String))
    rows = edited("french", provenance=unlicensed)(rows)
    write_rows(rows, folder)
    judged_tables(folder, kept)
    for change, expected in CHANGES:
        rows = change(rows)
        write_rows(rows, folder)
        assert judged_tables(folder, kept) == judged_tables(folder, None)
        if expected:
            verdict, _ = validate(folder, today=TODAY, kept=kept)
            found = {f"{row['reason']} in {row['config']}" for row in verdict.findings.iter_rows(named=True)}
            assert found >= expected | {"structure/provenance_missing in french"}


def test_a_review_asks_about_its_own_language_alone_and_looks_for_no_pairs(
    demo_build: BuildFolder, tmp_path: Path
) -> None:
    kept = tmp_path / "judged"
    rows = read_rows(demo_build.root).filter(pl.col("config").is_in(CONFIGS))

    def names(rows: pl.DataFrame) -> set[str]:
        write_rows(rows, tmp_path / "dataset")
        with connect() as database:
            make_tables(database, find_files(tmp_path / "dataset"), None, kept)
        return {path.name for path in kept.iterdir()}

    before = names(rows)
    made = names(edited("swahili", origin=pl.lit("postedited"))(rows)) - before
    assert {name.rpartition("-")[0] for name in made} == {"swahili", "measured-swahili"}
