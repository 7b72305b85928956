"""Every figure against an independent count: DuckDB on the Parquet files."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from cards.figures import ConfigFigures, count_configs
from globmed.schema import SIGNALS


@pytest.fixture(scope="module")
def counted(varied: Path) -> dict[str, ConfigFigures]:
    return {figures.language.name: figures for figures in count_configs(varied)}


def count(folder: Path, config: str, select: str, rest: str = "") -> list[tuple[Any, ...]]:
    files = f"read_parquet('{folder}/{config}/*.parquet', filename = true)"
    query = f"SELECT {select}, count(*)::BIGINT FROM {files} {rest} GROUP BY ALL ORDER BY ALL"
    return duckdb.connect().execute(query).fetchall()


def present(figures: "dict[str, int] | Any") -> list[tuple[str, int]]:
    return sorted((name, rows) for name, rows in figures.items() if rows)


@pytest.mark.parametrize("config", ["english", "swahili", "wolof"])
def test_rows_origins_tasks_sources_answers_and_reviews(
    varied: Path, counted: dict[str, ConfigFigures], config: str
) -> None:
    figures = counted[config]
    split = "split_part(parse_filename(filename), '-', 1)"
    assert present(figures.rows) == count(varied, config, split)
    assert present(figures.origins) == count(varied, config, "origin")
    assert present(figures.tasks) == count(varied, config, "task")
    assert present(figures.reviews) == count(varied, config, "review.status")
    for name, found in (("specialty", figures.specialties), ("country", figures.countries)):
        assert present(found) == count(varied, config, name, f"WHERE {name} IS NOT NULL")
    assert figures.total == count(varied, config, "'all'")[0][1]
    by_source = [(s.name, *pair) for s in figures.sources for pair in present(s.splits)]
    assert sorted(by_source) == count(varied, config, f"source, {split}")
    by_origin = [(s.name, *pair) for s in figures.sources for pair in present(s.origins)]
    assert sorted(by_origin) == count(varied, config, "source, origin")
    by_task = [(s.name, *pair) for s in figures.sources for pair in present(s.tasks)]
    assert sorted(by_task) == count(varied, config, "source, task")
    answers = [(task, *pair) for task, found in figures.answers.items() for pair in present(found)]
    assert sorted(answers) == count(varied, config, "task, answer", "WHERE answer IS NOT NULL")
    engines = [(each.origin, each.engine, each.package, each.rows) for each in figures.engines]
    rest = "WHERE origin <> 'original'"
    assert sorted(engines) == count(varied, config, "origin, provenance.engine, provenance.package", rest)


@pytest.mark.parametrize("config", ["english", "swahili", "wolof"])
def test_quality(varied: Path, counted: dict[str, ConfigFigures], config: str) -> None:
    quality = counted[config].quality
    measured = f"coalesce({', '.join(f'quality.{signal}' for signal in SIGNALS)}) IS NOT NULL"

    def rows(condition: str) -> int:
        return sum(found for _, found in count(varied, config, "1", f"WHERE {measured} AND {condition}"))

    assert quality.measured == rows("true")
    assert quality.flagged == rows("len(quality.reasons) > 0")
    assert quality.critical == rows("quality.critical")
    assert quality.unresolved == rows("provenance.unresolved > 0")
    for reason in ("length", "number_changed", "script"):
        assert quality.reasons.get(reason, 0) == rows(f"list_contains(quality.reasons, '{reason}')")
    assert bool(quality.measured) == (config != "english")
    for signal in SIGNALS:
        shares = ", ".join(f"quantile_disc(quality.{signal}, {share})" for share in (0.05, 0.5, 0.95))
        (found,) = count(varied, config, f"{shares}, count(quality.{signal})")
        low, median, high, known, _ = found
        assert (signal in quality.signals) == bool(known)
        if known:
            assert quality.signals[signal].median == pytest.approx(median, abs=0.1)
            assert quality.signals[signal].low <= quality.signals[signal].median <= quality.signals[signal].high
            assert low <= quality.signals[signal].high
            assert quality.signals[signal].low <= high


def test_configs_come_in_the_order_of_the_list_and_others_are_no_configs(varied: Path, tmp_path: Path) -> None:
    assert [figures.language.name for figures in count_configs(varied)] == ["english", "swahili", "wolof"]
    (tmp_path / "klingon").mkdir()
    (tmp_path / "klingon" / "train-x.parquet").touch()
    assert count_configs(tmp_path) == []
