"""The items that all runs of a scope were asked: the basis for comparing and ranking them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench_recipes.compare.grid import Bools, Grid
from bench_recipes.compare.resample import RESAMPLES, Floats, resampled_sums
from bench_recipes.compare.scopes import groups, scopes
from globmed.errors import UserError


@dataclass(frozen=True)
class Shared:
    """The runs of a scope, on the items that all of them were asked.

    Attributes:
        task: a closed task, or all of them.
        names: the names of the runs.
        scope: a language, or several together.
        hits: by run and item, the number of the scope's languages with a correct answer.
        tried: by item, the number of languages in which every run was asked it.
        alone: by two runs, the number that only the first got right.
        drawn: by resample and run, the correct share.
    """

    task: str
    names: npt.NDArray[np.str_]
    scope: str
    hits: Floats
    tried: Floats
    alone: npt.NDArray[np.int64]
    drawn: npt.NDArray[np.floating]


def shared(grid: Grid, resamples: int = RESAMPLES) -> list[Shared]:
    """Return by task the scopes with at least two runs, each of which was asked in all languages of the scope.

    Raises:
        UserError: no item of a scope was asked of all its runs.
    """
    return [each for task, part in groups(grid) for each in _of_task(task, part, resamples)]


def _of_task(task: str, grid: Grid, resamples: int) -> list[Shared]:
    found = [_counted(task, grid, *scope) for scope in scopes(grid.languages).items()]
    counted = [each for each in found if each is not None]
    if not counted:
        return []
    sums = resampled_sums(np.concatenate([np.vstack([hits, tried]) for _, _, hits, tried, _ in counted]), resamples)
    made, start = [], 0
    for scope, runs, hits, tried, alone in counted:
        own = sums[:, start : (start := start + len(runs) + 1)]
        drawn = own[:, :-1] / np.maximum(own[:, -1:], 1)
        made.append(Shared(task, np.array(grid.names)[runs], scope, hits, tried, alone, drawn))
    return made


def _counted(
    task: str, grid: Grid, scope: str, places: Sequence[int]
) -> tuple[str, npt.NDArray[np.int64], Floats, Floats, npt.NDArray[np.int64]] | None:
    asked = grid.asked[:, places]
    runs = np.flatnonzero(np.all(np.any(asked, axis=2), axis=1))
    if len(runs) < 2:
        return None
    to_all: Bools = np.all(asked[runs], axis=0)
    if not to_all.any():
        names = " and ".join(grid.names[place] for place in runs[:2])
        raise UserError(f"{names}: no parallel items: none of {task} ({scope}) was put to every run; leave a run out")
    right = grid.correct[runs][:, places] & to_all
    hits, tried = right.sum(axis=1, dtype=np.float32), to_all.sum(axis=0, dtype=np.float32)
    return scope, runs, hits, tried, _alone(right.reshape(len(runs), -1))


def _alone(right: Bools) -> npt.NDArray[np.int64]:
    each = right.astype(np.float32)
    both = each @ each.T
    alone: npt.NDArray[np.int64] = np.rint(np.diag(both)[:, None] - both).astype(np.int64)
    return alone
