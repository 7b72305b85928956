"""Accuracy by field of medicine: `bench_recipes.compare.accuracy` over the items of each specialty."""

import polars as pl

from bench_recipes.compare.accuracy import accuracies
from bench_recipes.compare.grid import Grid
from bench_recipes.compare.resample import RESAMPLES

#: Of a specialty with fewer items nothing is told.
FEWEST = 20


def specialties(grid: Grid, resamples: int = RESAMPLES) -> pl.DataFrame:
    """Return the rows of `accuracies` for every specialty with enough items, with its name first."""
    column = grid.items["specialty"]
    counts = column.drop_nulls().value_counts().filter(pl.col("count") >= FEWEST)
    names = counts["specialty"].sort().to_list()
    parts = [accuracies(grid.where(column == name), resamples).with_columns(specialty=pl.lit(name)) for name in names]
    nothing = accuracies(grid.where(column.is_in([])), resamples).with_columns(specialty=pl.lit(None, pl.String))
    made = pl.concat([nothing, *parts])
    return made.select("specialty", pl.exclude("specialty"))
