"""The scopes of a comparison: each closed task and all together, in each language and in groups of languages."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bench_recipes.compare.grid import Bools, Grid
from globmed.languages import ENGLISH, languages

ALL = "all"
TIERS = ("high", "low")


def groups(grid: Grid) -> Iterator[tuple[str, Grid]]:
    """Yield each closed task with its items, and all of them together if there are several tasks."""
    tasks = grid.tasks()
    for task in tasks:
        yield task, grid.part([task])
    if len(tasks) > 1:
        yield ALL, grid.part(tasks)


def scopes(names: tuple[str, ...], least: int = 2) -> dict[str, list[int]]:
    """Return the languages' indices by scope: each alone, all, and the tiers with at least ``least`` languages."""
    made = {name: [place] for place, name in enumerate(names)}
    tiers = [languages()[name].tier for name in names]
    grouped = {ALL: list(range(len(names)))}
    grouped |= {tier: [place for place, each in enumerate(tiers) if each == tier] for tier in TIERS}
    return made | {name: places for name, places in grouped.items() if len(places) >= least}


def english(names: tuple[str, ...]) -> int | None:
    """Return the index of English; None if it is missing."""
    return names.index(ENGLISH) if ENGLISH in names else None


def parallel(asked: Bools) -> Bools:
    """Return language x item: asked of every run that was asked anything in the language."""
    takes_part = asked.any(axis=2, keepdims=True)
    shared: Bools = np.all(asked | ~takes_part, axis=0) & np.any(takes_part, axis=0)
    return shared


def by_scope(cells: npt.NDArray[np.generic], places: dict[str, list[int]]) -> npt.NDArray[np.float32]:
    """Return counts by run, scope and item, from run x language x item."""
    return np.stack([cells[:, each].sum(axis=1, dtype=np.float32) for each in places.values()], axis=1)
