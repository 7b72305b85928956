"""Plots of a build's rows as SVG: quality signals, answers, parity, origins and fields by language.

They contain neither a date nor a machine's name, so that the same rows give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from matplotlib.colors import BoundaryNorm, Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from globmed.render import svg
from globmed.render.svg import INK, to_svg
from globmed.schema import ORIGINS, SIGNALS
from globmed.storage.queries import query
from validation.facts.remember import digest, remembered, told
from validation.facts.tables import BINS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from matplotlib.axes import Axes

Shares = np.ma.MaskedArray[tuple[int, int], np.dtype[np.float64]]
#: A column's name and the values that make one side of a matrix.
Side = tuple[str, Sequence[object]]
#: The classes of the share of rows in the plot of signals: a single wrong row in a thousand has to be seen.
CLASSES = {"under 0.1 %": 0.0, "0.1 to 1 %": 0.001, "1 to 10 %": 0.01, "10 to 50 %": 0.1, "over 50 %": 0.5}
#: The fields of medicine with a line of their own in the plot of specialties; the others share the last line.
FIELDS = 24
WIDTH = 11.0  # inches of 72 points
PANELS = 3  # side by side
# Readable under dark and light ink alike, and lost in a light and a dark page alike where it is faint.
_BLUE = (0.18, 0.48, 0.87)
# The inputs of the plots, besides the rows.
_CODE = (Path(__file__), Path(svg.__file__))


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot; ``says`` explains how to read it."""

    name: str
    title: str
    says: str
    svg: str


def draw_plots(database: "DuckDBPyConnection", kept: Path | None = None) -> list[Plot]:
    """Draw what `validation.facts.tables.make_tables` counted of the rows.

    Args:
        database: where it is.
        kept: a folder that keeps the plots while the counts are the same.
    """
    configs = database.sql("SELECT DISTINCT config FROM places ORDER BY config").pl()["config"].to_list()
    counts = {
        "signals": database.table("signals").pl().sort("config", "signal", "bin"),
        "labels": query(database, "plots/labels"),
        "parity": query(database, "plots/parity"),
        "origins": database.table("origins").pl().sort("config", "origin"),
        "specialties": database.table("specialties").pl().sort("config", "specialty"),
    }
    if kept is None:
        return _draw(counts, configs)
    inputs = [*configs, *map(digest, counts.values()), *told(_CODE, ["matplotlib"])]
    drawn = remembered(kept / "plots", inputs, lambda: {"plots": pl.DataFrame(_draw(counts, configs))})
    return [Plot(**plot) for plot in pl.read_parquet(drawn["plots"], glob=False).iter_rows(named=True)]


def _draw(counts: Mapping[str, pl.DataFrame], configs: list[str]) -> list[Plot]:
    with svg.settings():
        plots = [
            _plot(
                "signals",
                "Quality signals by language",
                "Each line is a language, each cell a part of the signal's range: the stronger its blue, the more of "
                "the language's measured rows are there. The number at the end of a line says how many were measured.",
                _signals(counts["signals"]),
            ),
            _plot(
                "labels",
                "Answers by source and language",
                "Per cent of the items of a source that have each answer; the lines of a source should be alike. "
                "A cell is empty where there is none.",
                _labels(counts["labels"], configs),
            ),
            _plot(
                "parity",
                "Items present by language and source",
                "Per cent of the items of a source that a language has, of those that any language has.",
                _parity(counts["parity"], configs),
            ),
            _plot(
                "origins",
                "How the texts were made, by language",
                "Per cent of a language's rows whose weakest text is of each origin: original was written in the "
                "language, human translated by people, postedited translated and then corrected or confirmed, machine "
                "translated by machine. The number at the end of a bar says how many rows there are.",
                _origins(counts["origins"], configs),
            ),
        ]
        if counts["specialties"].height:
            says = (
                "Per cent of a language's rows with a field that are about it, most frequent fields first. The number "
                "below a language says how many of its rows have a field; a cell is empty where there is none."
            )
            figure = _specialties(counts["specialties"], configs)
            plots.append(_plot("specialties", "Fields of medicine by language", says, figure))
        return plots


def write_plots(plots: Sequence[Plot], folder: Path) -> None:
    """Write each plot as ``<name>.svg``."""
    folder.mkdir(parents=True)
    for plot in plots:
        (folder / f"{plot.name}.svg").write_text(plot.svg, "utf-8")


def _signals(shares: pl.DataFrame) -> Figure:
    """Draw one panel per signal, with the languages for which any signal was measured."""
    measured = shares["signal"].unique().to_list()
    signals = [signal for signal in SIGNALS if signal in measured]
    if not signals:
        return _empty("no signal was measured")
    configs = shares["config"].unique().sort().to_list()
    figure, panels = _panels(len(signals), len(configs))
    colours = _colours(0.2, 0.9, len(CLASSES))
    norm = BoundaryNorm([*CLASSES.values(), 1], len(CLASSES))
    for axes, signal in zip(panels, signals, strict=True):
        own = shares.filter(pl.col("signal") == signal)
        axes.pcolormesh(_matrix(own, ("config", configs), ("bin", range(BINS))), cmap=colours, norm=norm)
        low, high = SIGNALS[signal].shown
        last = f"{high} or more" if SIGNALS[signal].high > high else str(high)
        _frame(axes, f"{signal} ({SIGNALS[signal].best} is best)", configs)
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


def _origins(shares: pl.DataFrame, configs: list[str]) -> Figure:
    if shares.is_empty():
        return _empty("no rows")
    figure = Figure((WIDTH, 1.3 + 0.25 * len(configs)), layout="constrained")
    axes, left = figure.add_subplot(), np.zeros(len(configs))
    strongest_first = tuple(reversed(ORIGINS))
    colours = _colours(0.85, 0.25, len(strongest_first))
    for place, origin in enumerate(strongest_first):
        own = _matrix(shares.filter(pl.col("origin") == origin), ("config", configs), ("origin", [origin]))
        widths = own.filled(0)[:, 0]
        lines = np.arange(len(configs)) + 0.5
        bars = axes.barh(lines, widths, left=left, height=0.8, color=colours(place), edgecolor=(*_BLUE, 0.9))
        texts = [_percent(width) if width >= 0.03 else "" for width in widths]
        axes.bar_label(bars, texts, label_type="center", fontsize=8)
        left += widths
    for line, rows in enumerate(shares.select("config", "rows").unique().sort("config")["rows"]):
        axes.text(1.005, line + 0.5, f"{rows:,}", va="center_baseline", fontsize=8)
    _frame(axes, "", configs)
    axes.set(xlim=(0, 1), ylim=(len(configs), 0), xticks=[])
    axes.spines[:].set_visible(False)
    patches = [Patch(facecolor=colours(place), edgecolor=(*_BLUE, 0.9)) for place in range(len(strongest_first))]
    figure.legend(patches, strongest_first, loc="outside lower left", ncols=len(strongest_first), frameon=False)
    return figure


def _specialties(counts: pl.DataFrame, configs: list[str]) -> Figure:
    by_rows = counts.group_by("specialty").agg(pl.col("rows").sum()).sort(-pl.col("rows"), "specialty")
    fields = by_rows["specialty"].to_list()
    # A line for all others is worth it from two on.
    shown = fields if len(fields) <= FIELDS + 1 else fields[:FIELDS]
    others = f"{len(fields) - len(shown)} others"
    lines = shown if len(shown) == len(fields) else [*shown, others]
    own = pl.when(pl.col("specialty").is_in(shown)).then("specialty").otherwise(pl.lit(others))
    by_line = counts.group_by("config", own.alias("specialty")).agg(pl.col("rows").sum())
    shares = by_line.with_columns(share=pl.col("rows") / pl.col("rows").sum().over("config"))
    labelled = dict(counts.group_by("config").agg(pl.col("rows").sum()).iter_rows())
    figure = Figure((min(WIDTH, 3.5 + 0.7 * len(configs)), 1.1 + 0.27 * len(lines)), layout="constrained")
    axes = figure.add_subplot()
    columns = [f"{config}\n{labelled.get(config, 0):,}" for config in configs]
    _heat_map(axes, _matrix(shares, ("specialty", lines), ("config", configs)), columns)
    _frame(axes, "", lines)
    axes.tick_params(axis="x", labelsize=8)
    return figure


def _panels(count: int, lines: int) -> "tuple[Figure, list[Axes]]":
    """Return a figure with ``count`` panels side by side, each with ``lines`` lines."""
    rows = -(-count // PANELS)
    figure = Figure((WIDTH, 0.8 + rows * (0.7 + 0.19 * lines)), layout="constrained")
    return figure, [figure.add_subplot(rows, PANELS, place + 1) for place in range(count)]


def _matrix(shares: pl.DataFrame, lines: Side, columns: Side) -> Shares:
    """Return the shares as a matrix over the values of two columns, masked where there is no share."""
    places = pl.DataFrame(dict([lines])).join(pl.DataFrame(dict([columns])), how="cross")
    filled = places.join(shares, on=[lines[0], columns[0]], how="left", maintain_order="left")["share"]
    return np.ma.masked_invalid(filled.cast(pl.Float64).to_numpy().reshape(len(lines[1]), len(columns[1])))


def _heat_map(axes: "Axes", shares: Shares, columns: list[str]) -> None:
    """Draw the cells, each labelled with its percentage."""
    axes.pcolormesh(shares, cmap=_colours(0.08, 0.75), vmin=0, vmax=1)
    for line, column in np.argwhere(~np.ma.getmaskarray(shares)):
        text = _percent(shares[line, column])
        axes.text(column + 0.5, line + 0.5, text, ha="center", va="center_baseline", fontsize=8)
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns)


def _percent(share: float) -> str:
    """Return a rounded percentage; 0 and 100 appear only where they are exact."""
    if 0 < share < 0.01:
        return "<1"
    return ">99" if 0.99 < share < 1 else f"{share:.0%}".removesuffix("%")


def _frame(axes: "Axes", title: str, lines: list[str]) -> None:
    """Set the title and label the lines from the top down."""
    axes.set_title(title, loc="left", fontsize=9, fontweight="bold")
    axes.set_yticks(np.arange(len(lines)) + 0.5, lines)
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[:].set(color=INK, alpha=0.25)


def _colours(least: float, most: float, classes: int = 256) -> Colormap:
    """Return a colour map of transparent blue, from the least to the most opaque."""
    return LinearSegmentedColormap.from_list("blue", [(*_BLUE, least), (*_BLUE, most)], classes)


def _empty(text: str) -> Figure:
    figure = Figure((WIDTH, 0.8), layout="constrained")
    figure.text(0.01, 0.2, text)
    return figure


def _plot(name: str, title: str, says: str, figure: Figure) -> Plot:
    return Plot(name, title, says, to_svg(figure, name, title, says))
