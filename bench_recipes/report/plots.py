"""The report's plots as SVG: accuracy by model and language, gaps to English, intervals.

One row per model from best to worst; the height grows with their number, so that sixty are as legible as three.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bench_recipes.compare.scopes import ALL, TIERS
from bench_recipes.report.cells import NAMES, Focus
from bench_recipes.report.comparison import Statistics
from globmed.languages import languages
from globmed.render.svg import INK, settings, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 11.0  # inches of 72 points
ROW = 0.21
LONGEST = 32
_BLUE, _ORANGE = (0.18, 0.48, 0.87), (0.85, 0.45, 0.1)


@dataclass(frozen=True)
class Plot:
    """One plot; ``says`` explains how to read it."""

    name: str
    title: str
    says: str
    svg: str


def draw(found: Statistics, lead: Focus) -> list[Plot]:
    """Draw the plots for which there is data."""
    wanted: list[tuple[str, str, str, Callable[[Statistics, Focus], Figure | None]]] = [
        (
            "forest",
            "Right answers with their intervals",
            "Each line is a model, best first. The dot is its share of right answers, the bar the interval in which "
            "the true share lies, 19 times out of 20. The dashed line is guessing.",
            _forest,
        ),
        (
            "accuracy",
            "Right answers by model and language",
            "Per cent of the questions answered right; the stronger the blue, the more. In brackets: no better than "
            "guessing.",
            _heat_map,
        ),
        (
            "gaps",
            "Gap to English",
            "Each line is a model, each dot a language: how many points more or less are right there than of the same "
            "questions in English. Orange dots are low-resource languages; the language farthest behind is named.",
            _gaps,
        ),
    ]
    made = []
    with settings(), warnings.catch_warnings():
        # Letters that the measuring font lacks are drawn in the reader's own font.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        for name, title, says, drawn in wanted:
            figure = drawn(found, lead)
            if figure is not None:
                made.append(Plot(name, title, says, to_svg(figure, name, title, says)))
    return made


def _forest(found: Statistics, lead: Focus) -> Figure | None:
    own = found.accuracy.filter(task=lead.task)
    shown = [scope for scope in dict.fromkeys((lead.scope, *TIERS)) if scope in set(own["scope"])]
    runs = lead.order["run"].to_list()
    if not shown:
        return None
    figure, panels = _panels(len(shown), len(runs))
    for axes, scope in zip(panels, shown, strict=True):
        rows = lead.order.join(own.filter(scope=scope), on="run").sort("place")
        middle, low, high = (100 * rows[name].to_numpy() for name in ("accuracy", "low", "high"))
        lines = rows["place"].to_numpy() + 0.5
        axes.hlines(lines, low, high, color=_BLUE, linewidth=1.5)
        axes.plot(middle, lines, "o", color=_BLUE, markersize=4)
        axes.axvline(
            100 * float(np.median(rows["chance"].to_numpy())), color=INK, linestyle="--", linewidth=0.8, alpha=0.6
        )
        axes.set_xlim(0, 100)
        axes.grid(axis="x", alpha=0.2)
        _frame(axes, f"{NAMES.get(scope, scope)} languages, %" if scope in NAMES else f"{scope}, %", runs)
    return figure


def _heat_map(found: Statistics, lead: Focus) -> Figure | None:
    own = found.accuracy.filter(task=lead.task)
    columns = [name for name in (ALL, *languages()) if name in set(own["scope"])]
    if not columns:
        return None
    runs = lead.order["run"].to_list()
    places = own.join(lead.order, on="run").join(pl.DataFrame({"scope": columns}).with_row_index("column"), on="scope")
    shares = np.full((len(runs), len(columns)), np.nan)
    shares[places["place"].to_numpy(), places["column"].to_numpy()] = places["accuracy"].to_numpy()
    figure = Figure((WIDTH, 1.1 + ROW * len(runs)), layout="constrained")
    axes = figure.add_subplot()
    colours = LinearSegmentedColormap.from_list("blue", [(*_BLUE, 0.04), (*_BLUE, 0.75)])
    axes.pcolormesh(np.ma.masked_invalid(shares), cmap=colours, vmin=0, vmax=1)
    for line, column, share, above in places.select("place", "column", "accuracy", "above_chance").iter_rows():
        text = f"{100 * share:.0f}" if above else f"({100 * share:.0f})"
        axes.text(column + 0.5, line + 0.5, text, ha="center", va="center_baseline", fontsize=8)
    axes.set_xticks(np.arange(len(columns)) + 0.5, [NAMES.get(name, name) for name in columns])
    axes.tick_params(top=True, labeltop=True)
    _frame(axes, "", runs)
    axes.set_xlim(0, len(columns))
    return figure


def _gaps(found: Statistics, lead: Focus) -> Figure | None:
    own = found.gaps.filter(task=lead.task).join(lead.order, on="run")
    if own.is_empty():
        return None
    runs = lead.order["run"].to_list()
    figure, (axes,) = _panels(1, len(runs))
    axes.axvline(0, color=INK, linewidth=0.8)
    low = {name for name, entry in languages().items() if entry.tier == "low"}
    for tier, colour in zip(TIERS, (_BLUE, _ORANGE), strict=True):
        rows = own.filter(pl.col("language").is_in(low) == (tier == "low"))
        axes.plot(
            100 * rows["difference"].to_numpy(),
            rows["place"].to_numpy() + 0.5,
            "o",
            color=colour,
            alpha=0.75,
            markersize=4,
        )
    differences = 100 * own["difference"].to_numpy()
    farthest = own.sort("difference").unique("run", keep="first", maintain_order=True)
    for place, name, difference in farthest.select("place", "language", "difference").iter_rows():
        axes.text(100 * difference - 0.6, place + 0.5, name, ha="right", va="center_baseline", fontsize=7)
    marks = [Line2D([], [], marker="o", linestyle="", color=colour) for colour in (_BLUE, _ORANGE)]
    figure.legend(marks, [NAMES[tier] for tier in TIERS], loc="outside lower left", ncols=2, frameon=False)
    axes.set_xlim(differences.min() - 8, max(5, differences.max() + 2))
    axes.grid(axis="x", alpha=0.2)
    _frame(axes, "points beside English", runs)
    return figure


def _panels(count: int, lines: int) -> "tuple[Figure, list[Axes]]":
    """Return a figure of panels side by side; the first one labels the rows."""
    figure = Figure((WIDTH, 1.3 + ROW * lines), layout="constrained")
    first = figure.add_subplot(1, count, 1)
    return figure, [first, *(figure.add_subplot(1, count, place + 2, sharey=first) for place in range(count - 1))]


def _frame(axes: "Axes", title: str, lines: Sequence[str]) -> None:
    """Label the rows from the top down."""
    axes.set_title(title, loc="left", fontsize=9, fontweight="bold")
    axes.set_yticks(np.arange(len(lines)) + 0.5, [_short(line) for line in lines])
    axes.set_ylim(len(lines), 0)
    axes.tick_params(length=0)
    subplot = axes.get_subplotspec()
    if subplot is not None and not subplot.is_first_col():
        axes.tick_params(labelleft=False)
    axes.spines[:].set(color=INK, alpha=0.25)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
