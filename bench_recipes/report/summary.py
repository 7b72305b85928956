"""Summarize a comparison in a few sentences."""

from collections.abc import Iterator

import polars as pl

from bench_recipes.compare.scopes import TIERS
from bench_recipes.report.cells import Focus
from bench_recipes.report.comparison import Statistics
from globmed.languages import languages


def sentences(found: Statistics, lead: Focus) -> list[str]:
    """Return one sentence per finding."""
    return [*_best(found, lead), *_tiers(found, lead), *_guessing(found, lead), *_flags(found, lead)]


def _best(found: Statistics, lead: Focus) -> Iterator[str]:
    ranked = found.ranks.filter(task=lead.task, scope=lead.scope).sort("rank")
    if ranked.is_empty():
        return
    best = ranked.row(0, named=True)
    own = found.accuracy.filter(task=lead.task, scope=lead.scope, run=best["run"]).row(0, named=True)
    yield (
        f"{best['run']} answers the most questions correctly: {100 * own['accuracy']:.1f} % of {own['asked']:,} "
        f"questions (95 % interval {100 * own['low']:.1f} to {100 * own['high']:.1f} %)."
    )
    pairs = found.runs_compared.filter(
        (pl.col("first") == best["run"]) | (pl.col("second") == best["run"]), task=lead.task, scope=lead.scope
    )
    equal = pairs.filter(~pl.col("significant")).height
    if equal:
        yield f"{equal} other model{'s' * (equal > 1)} cannot be distinguished from it on these questions."
    elif pairs.height:
        yield "No other model is as good, even after correction for the number of comparisons."


def _tiers(found: Statistics, lead: Focus) -> Iterator[str]:
    own = found.accuracy.filter(pl.col("scope").is_in(TIERS), task=lead.task).pivot(
        "scope", index="run", values="accuracy"
    )
    if not set(TIERS) <= set(own.columns):
        return
    behind = own.filter(pl.col("low") < pl.col("high")).height
    less = own.select((pl.col("high") - pl.col("low")).median()).item()
    yield (
        f"{behind} of {own.height} models are less accurate in the low-resource languages than in the high-resource "
        f"ones; half of them lose {100 * less:.0f} points or more."
    )


def _guessing(found: Statistics, lead: Focus) -> Iterator[str]:
    own = found.accuracy.filter(pl.col("scope").is_in(list(languages())), task=lead.task)
    worst = own.filter(~pl.col("above_chance")).group_by("scope").len().sort(["len", "scope"], descending=[True, False])
    if worst.height:
        named = ", ".join(f"{name} ({count})" for name, count in worst.head(4).iter_rows())
        yield f"Models that do no better than guessing, by language: {named}."
    elif own.height:
        yield "Every model does better than guessing in every language."


def _flags(found: Statistics, lead: Focus) -> Iterator[str]:
    flagged = found.memorised.filter("hint", task=lead.task)["run"].to_list()
    if flagged:
        yield f"May have learnt English questions by heart, look closer: {', '.join(flagged)}."
