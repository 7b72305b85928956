"""The report of an experiment as a folder: ``gains.html``, ``gains.md``, ``gains.json`` and ``tables/``."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bench_recipes.compare.disparity import LEAST
from bench_recipes.compare.scopes import ALL, TIERS
from bench_recipes.compare.specialties import FEWEST
from bench_recipes.experiment.tables import Tables
from bench_recipes.report.cells import (
    NAMES,
    NONE,
    Section,
    Table,
    number,
    p_value,
    per_cent,
    points_within,
    ratio_within,
)
from bench_recipes.report.pages import report_html, report_markdown
from globmed.languages import languages
from globmed.records.comparison import ComparedVersion
from globmed.records.record import as_dict
from globmed.schema import TASKS
from globmed.storage.files import json_text
from globmed.storage.folders import replaced_folder

JSON, HTML = "gains.json", "gains.html"
KIND = (JSON, HTML, "gains.md", "tables")
#: The figures of a gain, as the tables show them.
GAIN = (
    per_cent("before").alias("before, %"),
    per_cent("after").alias("after, %"),
    per_cent("chance").alias("guessing, %"),
    points_within("gain", "gain_low", "gain_high").alias("gain, points"),
    points_within("relative", "relative_low", "relative_high").alias("relative, %"),
    points_within("relative_above_chance", "relative_above_chance_low", "relative_above_chance_high").alias(
        "relative above guessing, %"
    ),
    p_value("p_holm").alias("p (Holm)"),
)


def write_report(tables: Tables, dataset: ComparedVersion, folder: Path) -> list[str]:
    """Write the folder, whole or not at all, and return its summary, a sentence per finding.

    Raises:
        UserError: the folder holds something else.
    """
    title = f"GlobMed: gains by fine-tuning on {dataset.repository} {dataset.version}"
    summary, parts = list(sentences(tables)), sections(tables)
    with replaced_folder(folder, *KIND) as place:
        (place / "tables").mkdir()
        for name, table in tables.by_name().items():
            table.write_parquet(place / "tables" / f"{name}.parquet", compression="zstd")
            table.write_csv(place / "tables" / f"{name}.csv")
        (place / HTML).write_text(report_html(title, summary, parts, []), "utf-8")
        (place / "gains.md").write_text(report_markdown(title, summary, parts, []), "utf-8")
        found = {"title": title, "dataset": as_dict(dataset), "summary": summary, **tables.to_dict()}
        (place / JSON).write_text(json_text(found, indent=2) + "\n", "utf-8")
    return summary


def lead(tables: Tables) -> pl.DataFrame:
    """Return the gains over everything that was asked, one row per recipe."""
    found = tables.gains
    task = ALL if ALL in found["task"] else found["task"][0]
    scope = ALL if ALL in found["scope"] else found["scope"][0]
    return tables.models.join(found.filter(task=task, scope=scope), on="recipe", maintain_order="left")


def sentences(tables: Tables) -> Iterator[str]:
    """Yield a sentence per finding."""
    for row in lead(tables).iter_rows(named=True):
        told = "significant" if row["significant"] else "not distinguishable from none"
        yield (
            f"{row['recipe']}, fine-tuned from {row['baseline']}, answers {100 * row['after']:.1f} % of "
            f"{row['items']:,} questions correctly, before {100 * row['before']:.1f} %: a change of "
            f"{_signed(row['gain'])} points (95 % interval {_signed(row['gain_low'])} to "
            f"{_signed(row['gain_high'])}), {told}."
        )
        if row["relative_above_chance"] is None:
            yield f"{row['baseline']} is hardly better than guessing: a gain relative to it would mostly be noise."
    for row in tables.headline.iter_rows(named=True):
        parts = [
            form.format(row[figure] * factor)
            for figure, factor, form in (
                ("relative", 100, "{:+.1f} % relative to the baseline"),
                ("low_ratio", 1, "{:.2f} times on low-resource languages"),
            )
            if row[figure] is not None
        ]
        if parts:
            name = "the mean of the recipes" if row["recipe"] == ALL else row["recipe"]
            yield f"In the paper's figures, {name}: {', '.join(parts)}."
    hours = tables.device_hours()
    if hours is not None:
        yield f"Everything took {hours:.3g} device-hours."


def _signed(share: float) -> str:
    """Return a share in points with its sign; zero, also of a small negative number, has a plus."""
    return f"{round(100 * share, 1) + 0.0:+.1f}"


def sections(tables: Tables) -> list[Section]:
    """Return the sections of the report."""
    found = [
        _overall(tables),
        _headline(tables),
        _by_scope(tables),
        _by_task(tables),
        _by_specialty(tables),
        _cost(tables),
    ]
    return [section for section in found if section is not None]


def _overall(tables: Tables) -> Section:
    frame = lead(tables).select("recipe", "baseline", pl.format("{}", "items").alias("questions"), *GAIN)
    says = [
        "The share of questions answered correctly before and after fine-tuning, on the same questions. The gain is "
        "told in three ways: in percentage points; relative to the baseline; and relative to what the baseline has "
        "above guessing. In brackets the 95 % interval. A gain relative to little is mostly noise: the last two are "
        f"empty where what is divided by may be below {100 * LEAST:.0f} points.",
        "p is the probability of such a difference without any gain, by a paired test, corrected (Holm) for all "
        "recipes and languages of a task; below 0.05 the gain is significant.",
    ]
    return Section("gains", "Gains", says, None, [Table(frame, "gains", texts=2)])


def _headline(tables: Tables) -> Section:
    frame = tables.headline.select(
        pl.col("recipe").replace(ALL, "mean of the recipes"),
        points_within("relative", "relative_low", "relative_high").alias("relative to the baseline, %"),
        ratio_within("low_ratio", "low_ratio_low", "low_ratio_high").alias("times on low-resource languages"),
    )
    says = [
        "The figures that the paper leads with. A model's accuracy is the mean over languages and tasks, each with "
        "equal weight; the first figure is its relative gain, the second is accuracy after over accuracy before in the "
        "low-resource languages alone. Neither corrects for guessing: a model that learns nothing but to answer in the "
        "right form gains by both.",
    ]
    return Section("headline", "The paper's figures", says, None, [Table(frame, "headline")])


def _by_scope(tables: Tables) -> Section:
    found = tables.gains
    task = ALL if ALL in found["task"] else found["task"][0]
    order = [ALL, *TIERS, *languages()]
    frame = _ordered(found.filter(task=task), "scope", order)
    made = frame.select("recipe", pl.col("scope").replace(NAMES).alias("language"), *GAIN)
    says = ["The same by language and by tier of resources, over all tasks."]
    return Section("languages", "Languages", says, None, [Table(made, "gains", texts=2)])


def _by_task(tables: Tables) -> Section | None:
    found = tables.gains
    scope = ALL if ALL in found["scope"] else found["scope"][0]
    frame = _ordered(found.filter(scope=scope), "task", [*TASKS, ALL])
    if frame["task"].n_unique() < 2:
        return None
    made = frame.select("recipe", "task", *GAIN)
    return Section("tasks", "Tasks", ["The same by task, over all languages."], None, [Table(made, "gains", texts=2)])


def _by_specialty(tables: Tables) -> Section | None:
    found = tables.specialties
    if found.is_empty():
        return None
    task = ALL if ALL in found["task"] else found["task"][0]
    scope = ALL if ALL in found["scope"] else found["scope"][0]
    own = found.filter(task=task, scope=scope).sort("recipe", "items", descending=[False, True], maintain_order=True)
    made = own.select("recipe", "specialty", pl.format("{}", "items").alias("questions"), *GAIN)
    note = f"Fields with fewer than {FEWEST} questions are left out."
    says = ["The same by field of medicine; p is corrected for all recipes and fields."]
    return Section("specialties", "Fields of medicine", says, None, [Table(made, "specialties", note, texts=2)])


def _cost(tables: Tables) -> Section:
    made = tables.cost.select(
        "recipe",
        "stage",
        pl.col("device").fill_null(NONE),
        number("devices", 0),
        pl.format("{} {}", "work", "unit").fill_null(NONE).alias("work"),
        number("device_hours", 3).alias("device-hours"),
    )
    says = [
        "The time of every device that was in use, with the loading of the models; work that a kill lost is not "
        "counted. A baseline that several recipes start from was asked once.",
    ]
    return Section("cost", "Cost", says, None, [Table(made, "cost", texts=3)])


def _ordered(frame: pl.DataFrame, column: str, names: list[str]) -> pl.DataFrame:
    """Sort rows by recipe, as they came, then by the place of a name."""
    there = [name for name in names if name in set(frame[column])]
    recipes = frame["recipe"].unique(maintain_order=True).to_list()
    return frame.sort(pl.col("recipe").cast(pl.Enum(recipes)), pl.col(column).cast(pl.Enum(there)))
