"""Accuracy by field of medicine: `bench_recipes.compare.accuracy` over the items of each specialty."""

from collections.abc import Iterator

import polars as pl

from bench_recipes.compare.accuracy import accuracies
from bench_recipes.compare.grid import Grid
from bench_recipes.compare.resample import RESAMPLES

#: Of a specialty with fewer items nothing is told.
FEWEST = 20


def by_specialty(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield every specialty with enough items, and its part of the grid."""
    column = grid.items["specialty"]
    counts = column.drop_nulls().value_counts().filter(pl.col("count") >= FEWEST)
    for name in counts["specialty"].sort():
        yield name, grid.where(column == name)


def specialties(grid: Grid, resamples: int = RESAMPLES) -> pl.DataFrame:
    """Return the rows of `accuracies` for every specialty with enough items, with its name first."""
    parts = [accuracies(part, resamples).with_columns(specialty=pl.lit(name)) for name, part in by_specialty(grid)]
    nothing = accuracies(grid.part([]), resamples).with_columns(specialty=pl.lit(None, pl.String))
    made = pl.concat([nothing, *parts])
    return made.select("specialty", pl.exclude("specialty"))
