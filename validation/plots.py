"""Plots of a build's rows as SVG: quality signals, answers and parity by language.

They are transparent and take their ink from the reader's light or dark theme; nothing in them tells when or where they
were drawn, so that the same rows give the same bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np
import polars as pl
from matplotlib import rc_context
from matplotlib.colors import BoundaryNorm, Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from globmed.duck import query
from globmed.schema import SIGNALS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from matplotlib.axes import Axes
    from matplotlib.typing import RcKeyType

Shares = np.ma.MaskedArray[tuple[int, int], np.dtype[np.float64]]
#: A column's name and the values that make one side of a matrix.
Side = tuple[str, Sequence[object]]
BINS = 20
#: From where to where a signal is drawn, where that is not 0 to 1; larger values count in the last part.
RANGES = {"length_ratio": (0, 3), "repetition": (1, 11)}
#: The best value of a signal, where that is not 1.
BEST = {"copy": 0, "truncation": 0}
#: The classes of the share of rows in the plot of signals: a single wrong row in a thousand has to be seen.
CLASSES = {"under 0.1 %": 0.0, "0.1 to 1 %": 0.001, "1 to 10 %": 0.01, "10 to 50 %": 0.1, "over 50 %": 0.5}
WIDTH = 11.0  # inches of 72 points
PANELS = 3  # side by side
# Drawn in this colour, then replaced by that of the reader's theme.
_INK = "#1a1a1a"
# Readable under dark and light ink alike, and lost in a light and a dark page alike where it is faint.
_BLUE = (0.18, 0.48, 0.87)
_STYLE = """<style>
:root { color-scheme: light dark; color: #1a1a1a; }
@media (prefers-color-scheme: dark) { :root { color: #e8e8e8; } }
text { font-family: system-ui, sans-serif !important; }
</style>"""
_SETTINGS: "dict[RcKeyType, object]" = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "globmed",
    "font.size": 9,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture; ``says`` is how to read it."""

    name: str
    title: str
    says: str
    svg: str


def draw_plots(database: "DuckDBPyConnection") -> list[Plot]:
    """Draw the rows in the table ``facts`` (`validation.tables.make_tables`)."""
    configs = database.sql("SELECT DISTINCT config FROM facts ORDER BY config").pl()["config"].to_list()
    low, high = zip(*(RANGES.get(signal, (0, 1)) for signal in SIGNALS), strict=True)
    ranges = pl.DataFrame({"signal": SIGNALS, "low": low, "high": high})
    signals = query(database, "plots/signals", {"ranges": ranges}, bins=BINS)
    with rc_context(_SETTINGS):
        return [
            _plot(
                "signals",
                "Quality signals by language",
                "Each line is a language, each cell a part of the signal's range: the stronger its blue, the more of "
                "the language's measured rows are there. The number at the end of a line says how many were measured.",
                _signals(signals, configs),
            ),
            _plot(
                "labels",
                "Answers by source and language",
                "Per cent of the items of a source that have each answer; the lines of a source should be alike. "
                "A cell is empty where there is none.",
                _labels(query(database, "plots/labels"), configs),
            ),
            _plot(
                "parity",
                "Items present by language and source",
                "Per cent of the items of a source that a language has, of those that any language has.",
                _parity(query(database, "plots/parity"), configs),
            ),
        ]


def write_plots(plots: Sequence[Plot], folder: Path) -> None:
    """Write each as ``<name>.svg``."""
    folder.mkdir(parents=True)
    for plot in plots:
        (folder / f"{plot.name}.svg").write_text(plot.svg, "utf-8")


def _signals(shares: pl.DataFrame, configs: list[str]) -> Figure:
    measured = shares["signal"].unique().to_list()
    signals = [signal for signal in SIGNALS if signal in measured]
    if not signals:
        return _empty("no signal was measured")
    figure, panels = _panels(len(signals), len(configs))
    colours = _colours(0.2, 0.9, len(CLASSES))
    norm = BoundaryNorm([*CLASSES.values(), 1], len(CLASSES))
    for axes, signal in zip(panels, signals, strict=True):
        own = shares.filter(pl.col("signal") == signal)
        axes.pcolormesh(_matrix(own, ("config", configs), ("bin", range(BINS))), cmap=colours, norm=norm)
        low, high = RANGES.get(signal, (0, 1))
        last = f"{high} or more" if signal in RANGES else str(high)
        _frame(axes, f"{signal} ({BEST.get(signal, 1)} is best)", configs)
        axes.set_xticks([0, BINS], [str(low), last])
        counts = dict(own.select("config", "measured").unique().iter_rows())
        for line, config in enumerate(configs):
            axes.text(BINS + 0.4, line + 0.5, f"{counts.get(config, 0):,}", va="center_baseline", fontsize=7)
    absent = [signal for signal in SIGNALS if signal not in signals]
    figure.legend(
        [Patch(color=colours(place)) for place in range(len(CLASSES))],
        list(CLASSES),
        title="of the rows" + (f"; not measured: {', '.join(absent)}" if absent else ""),
        loc="outside lower left",
        ncols=len(CLASSES),
        frameon=False,
        alignment="left",
    )
    return figure


def _labels(shares: pl.DataFrame, configs: list[str]) -> Figure:
    groups = shares.select("source", "task").unique().sort("task", "source").rows()
    if not groups:
        return _empty("no item has an answer")
    figure, panels = _panels(len(groups), len(configs))
    for axes, (source, task) in zip(panels, groups, strict=True):
        own = shares.filter(pl.col("source") == source, pl.col("task") == task)
        answers = own["answer"].unique().sort().to_list()
        _heat_map(axes, _matrix(own, ("config", configs), ("answer", answers)), answers)
        _frame(axes, f"{source} ({task})", configs)
    return figure


def _parity(shares: pl.DataFrame, configs: list[str]) -> Figure:
    if shares.is_empty():
        return _empty("no rows")
    items = dict(shares.select("source", "items").unique().sort("source").iter_rows())
    figure = Figure((min(WIDTH, 3 + 0.7 * len(configs)), 0.9 + 0.27 * len(items)), layout="constrained")
    axes = figure.add_subplot()
    _heat_map(axes, _matrix(shares, ("source", list(items)), ("config", configs)), configs)
    _frame(axes, "", [f"{source} ({count:,})" for source, count in items.items()])
    return figure


def _panels(count: int, lines: int) -> "tuple[Figure, list[Axes]]":
    """A figure of panels side by side, each with so many lines."""
    rows = -(-count // PANELS)
    figure = Figure((WIDTH, 0.8 + rows * (0.7 + 0.19 * lines)), layout="constrained")
    return figure, [figure.add_subplot(rows, PANELS, place + 1) for place in range(count)]


def _matrix(shares: pl.DataFrame, lines: Side, columns: Side) -> Shares:
    """The shares as a matrix of two columns' values; masked where there is none."""
    places = pl.DataFrame(dict([lines])).join(pl.DataFrame(dict([columns])), how="cross")
    filled = places.join(shares, on=[lines[0], columns[0]], how="left", maintain_order="left")["share"]
    return np.ma.masked_invalid(filled.cast(pl.Float64).to_numpy().reshape(len(lines[1]), len(columns[1])))


def _heat_map(axes: "Axes", shares: Shares, columns: list[str]) -> None:
    """Cells with their per cent."""
    axes.pcolormesh(shares, cmap=_colours(0.08, 0.75), vmin=0, vmax=1)
    for line, column in np.argwhere(~np.ma.getmaskarray(shares)):
        text = _percent(shares[line, column])
        axes.text(column + 0.5, line + 0.5, text, ha="center", va="center_baseline", fontsize=8)
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns)


def _percent(share: float) -> str:
    """Rounded, but all or nothing where it is all or nothing."""
    if 0 < share < 0.01:
        return "<1"
    return ">99" if 0.99 < share < 1 else f"{share:.0%}".removesuffix("%")


def _frame(axes: "Axes", title: str, lines: list[str]) -> None:
    """Name the lines from the top down."""
    axes.set_title(title, loc="left", fontsize=9, fontweight="bold")
    axes.set_yticks(np.arange(len(lines)) + 0.5, lines)
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[:].set(color=_INK, alpha=0.25)


def _colours(least: float, most: float, classes: int = 256) -> Colormap:
    """Blue that lets the page through, from the least to the most opaque."""
    return LinearSegmentedColormap.from_list("blue", [(*_BLUE, least), (*_BLUE, most)], classes)


def _empty(text: str) -> Figure:
    figure = Figure((WIDTH, 0.8), layout="constrained")
    figure.text(0.01, 0.2, text)
    return figure


def _plot(name: str, title: str, says: str, figure: Figure) -> Plot:
    """The figure as text, with what a reader's theme and a screen reader need."""
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    buffer = StringIO()
    no_metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=no_metadata, transparent=True)
    drawn = buffer.getvalue()[buffer.getvalue().index("<svg") :].replace(_INK, "currentColor")
    described = (
        f'<title id="{name}-title">{escape(title)}</title>\n<desc id="{name}-desc">{escape(says)}</desc>\n{_STYLE}'
    )
    attributes = f'<svg role="img" aria-labelledby="{name}-title {name}-desc"'
    return Plot(name, title, says, re.sub(r"<svg([^>]*)>", rf"{attributes}\1>\n{described}", drawn, count=1))
