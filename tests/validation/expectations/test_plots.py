"""The plots of a build's rows: what is in them, and that they are always the same."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from defusedxml import ElementTree
from matplotlib import rc_context

from builders.rows.artifacts.folder import BuildFolder
from globmed.schema import SIGNALS, polars_schema
from globmed.storage.queries import connect
from tests.conftest import SAMPLED
from tests.validation.conftest import read_rows, write_rows
from validation.expectations.plots import FIELDS, Plot, draw_plots
from validation.facts.files import find_files
from validation.facts.tables import make_tables

Drawn = Callable[..., dict[str, Plot]]


@pytest.fixture(scope="module")
def drawn(judged: Path) -> Drawn:
    """Draw the plots of a folder's rows."""

    def draw(folder: Path, kept: Path | None = None) -> dict[str, Plot]:
        with connect() as database:
            make_tables(database, find_files(folder), None, judged)
            return {plot.name: plot for plot in draw_plots(database, kept)}

    return draw


def words(plot: Plot) -> list[str]:
    """Return every text in a picture; its XML has to be well-formed."""
    return [text for element in ElementTree.fromstring(plot.svg).iter() if (text := (element.text or "").strip())]


@pytest.fixture(scope="module")
def rows(demo_build: BuildFolder) -> pl.DataFrame:
    """The sample without three quarters of its Zulu items, and with one number lost in Swahili."""
    rows = read_rows(demo_build.root)
    zulu = pl.col("config") == "zulu"
    kept = rows.filter(~zulu | (pl.col("id").rank("dense") <= 9))
    first = (pl.col("config") == "swahili") & (pl.col("id") == pl.col("id").min())
    lost = pl.col("quality").struct.with_fields(numbers=pl.lit(0.0), length_ratio=pl.lit(7.0))
    return kept.with_columns(quality=pl.when(first).then(lost).otherwise("quality"))


@pytest.fixture(scope="module")
def plots(rows: pl.DataFrame, drawn: Drawn, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plot]:
    folder = tmp_path_factory.mktemp("plots")
    write_rows(rows, folder)
    return drawn(folder)


def test_every_language_signal_and_source_is_named(plots: dict[str, Plot]) -> None:
    assert list(plots) == ["signals", "labels", "parity", "origins", "specialties"]
    for name, plot in plots.items():
        absent = {entry.name for entry in SAMPLED} - set(words(plot))
        assert absent == ({"english"} if name == "signals" else set()), "English is no translation"
    named = " ".join(words(plots["signals"]))
    assert all(signal in named for signal in SIGNALS)
    assert "not measured: markup, terminology, round_trip, estimator" in named
    assert {"sample (mcqa)", "sample (yesno)", "sample (nli)", "A", "maybe", "entailment"} <= set(
        words(plots["labels"])
    )


def test_the_shares_are_those_of_the_rows(plots: dict[str, Plot]) -> None:
    parity = words(plots["parity"])
    assert "sample (37)" in parity
    assert (parity.count("100"), parity.count("24")) == (len(SAMPLED) - 1, 1)
    signals = words(plots["signals"])
    assert "9" in signals, "measured in Zulu"
    assert "3 or more" in signals
    origins = words(plots["origins"])
    assert {"original", "human", "postedited", "machine"} <= set(origins)
    assert (origins.count("37"), origins.count("9")) == (len(SAMPLED) - 1, 1)
    # One item was born in French, so that English is its translation.
    assert (origins.count("100"), origins.count("97")) == (len(SAMPLED) - 2, 2)


def test_fields_of_medicine_are_shares_of_the_rows_that_have_one(
    drawn: Drawn, rows: pl.DataFrame, tmp_path: Path
) -> None:
    two = rows.filter(pl.col("config").is_in(["english", "swahili"])).sort("config", "id")
    nth = pl.col("id").rank("dense")
    fields = pl.when(nth <= 6).then(pl.lit("Surgery")).when(nth <= 8).then(pl.lit("Oncology"))
    lacking = (pl.col("config") == "swahili") & (nth > 6)
    write_rows(two.with_columns(specialty=pl.when(lacking).then(None).otherwise(fields)), tmp_path / "two")
    shown = words(drawn(tmp_path / "two")["specialties"])
    assert shown[4:-1] == ["english", "8", "swahili", "6", "Surgery", "Oncology", "75", "100", "25"]
    # With more fields than there are lines, the least frequent ones share the last.
    many = two.with_columns(specialty=pl.format("Field {}", nth))
    write_rows(many, tmp_path / "many")
    shown = words(drawn(tmp_path / "many")["specialties"])
    assert len([word for word in shown if word.startswith("Field ")]) == FIELDS
    assert f"{37 - FIELDS} others" in shown


def test_no_row_has_a_field_of_medicine(drawn: Drawn, rows: pl.DataFrame, tmp_path: Path) -> None:
    english = rows.filter(config="english")
    write_rows(english.with_columns(specialty=pl.lit(None, pl.String)), tmp_path)
    assert "specialties" not in drawn(tmp_path)


def test_they_are_readable_in_both_themes_and_described(plots: dict[str, Plot]) -> None:
    for plot in plots.values():
        assert words(plot)[:2] == [plot.title, plot.says]
        assert 'role="img"' in plot.svg
        assert "prefers-color-scheme: dark" in plot.svg
        assert '<rect class="page" width="100%" height="100%"/>' in plot.svg, "read on a page of the other theme too"
        colours = set(re.findall(r"(?:fill|stroke): ([^;\"]+)", plot.svg.partition("</style>")[2]))
        assert colours <= {"none", "currentColor", "#2e7ade"}


def test_the_same_rows_give_the_same_bytes(
    drawn: Drawn, rows: pl.DataFrame, plots: dict[str, Plot], tmp_path: Path
) -> None:
    write_rows(rows.reverse(), tmp_path)
    assert drawn(tmp_path) == plots


def test_the_user_s_own_settings_change_nothing(
    drawn: Drawn, rows: pl.DataFrame, plots: dict[str, Plot], tmp_path: Path
) -> None:
    write_rows(rows, tmp_path)
    with rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path", "text.usetex": True}):
        assert drawn(tmp_path) == plots


def test_they_are_drawn_again_only_for_other_counts(drawn: Drawn, rows: pl.DataFrame, tmp_path: Path) -> None:
    rows = rows.filter(pl.col("config").is_in(["english", "zulu"]))
    write_rows(rows, tmp_path / "same")
    kept = tmp_path / "kept"
    drawn(tmp_path / "same", kept)
    (file,) = kept.glob("plots-*/plots.parquet")
    pl.read_parquet(file).with_columns(svg=pl.lit("kept")).write_parquet(file)
    assert {plot.svg for plot in drawn(tmp_path / "same", kept).values()} == {"kept"}
    write_rows(rows.with_columns(origin=pl.lit("human")), tmp_path / "other")
    assert "kept" not in {plot.svg for plot in drawn(tmp_path / "other", kept).values()}


def test_nothing_measured_and_nothing_answered(drawn: Drawn, rows: pl.DataFrame, tmp_path: Path) -> None:
    unmeasured = pl.lit(None, polars_schema()["quality"])
    rows = rows.filter(pl.col("config").is_in(["english", "zulu"]))
    write_rows(rows.with_columns(quality=unmeasured, answer=pl.lit(None, pl.String)), tmp_path / "null")
    plots = drawn(tmp_path / "null")
    assert "no signal was measured" in words(plots["signals"])
    assert "no item has an answer" in words(plots["labels"])


def test_columns_of_nulls_are_drawn(drawn: Drawn, rows: pl.DataFrame, tmp_path: Path) -> None:
    columns = ("source", "task", "language", "origin", "options")
    rows = rows.filter(pl.col("config").is_in(["english", "zulu"]))
    write_rows(rows.with_columns(pl.lit(None, polars_schema()[name]).alias(name) for name in columns), tmp_path)
    plots = drawn(tmp_path)
    assert "none (none)" in words(plots["labels"])
    assert any(word.startswith("none (") for word in words(plots["parity"]))


def test_no_row_at_all(drawn: Drawn, rows: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "data" / "zulu").mkdir(parents=True)
    rows.drop("review").write_parquet(tmp_path / "data" / "zulu" / "train-00000-of-00001.parquet")
    assert "no rows" in words(drawn(tmp_path)["parity"])
