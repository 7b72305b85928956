"""The parts of the report about accuracy and the gaps between languages and models."""

import polars as pl

from bench_recipes.compare.scopes import ALL, TIERS
from bench_recipes.compare.specialties import FEWEST
from bench_recipes.report.cells import (
    NAMES,
    NONE,
    Focus,
    Section,
    Table,
    number,
    p_value,
    per_cent,
    points,
    points_within,
    ratio_within,
    share_within,
    sorted_by,
    wide,
)
from bench_recipes.report.comparison import Statistics
from globmed.languages import ENGLISH, languages
from globmed.schema import TASKS

#: A run's rank with its interval.
_RANK = pl.format("{} ({} to {})", "rank", "rank_low", "rank_high").fill_null(NONE).alias("rank")


def ranking(found: Statistics, lead: Focus) -> Section:
    """Return the section on the ranking by accuracy."""
    own = found.accuracy.filter(task=lead.task)
    shown = own.filter(scope=lead.scope).join(
        found.ranks.filter(task=lead.task, scope=lead.scope), on=["run", "task", "scope"], how="left"
    )
    tiers = [
        own.filter(scope=tier).select("run", share_within("accuracy", "low", "high").alias(NAMES[tier]))
        for tier in TIERS
        if tier in set(own["scope"])
    ]
    joined = shown.join(found.runs.select("size", run="name"), on="run")
    for tier in tiers:
        joined = joined.join(tier, on="run", how="left")
    made = joined.with_columns(_RANK, share_within("accuracy", "low", "high"), per_cent("chance"), number("size", 1))
    names = [NAMES[tier] for tier in TIERS if NAMES[tier] in made.columns]
    frame = sorted_by(made, lead.order).select(
        pl.col("run").alias("model"),
        "rank",
        pl.col("size").alias("size, B"),
        pl.col("accuracy").alias("right, %"),
        *(pl.col(name).fill_null(NONE) for name in names),
        pl.col("chance").alias("guessing"),
    )
    says = [
        "The share of all questions asked that each model answers correctly; a refusal or an unreadable answer counts "
        "as wrong. In brackets the 95 % interval of the true share; the interval of a rank gives the possible ranks. "
        "Models whose ranks overlap may be equally good.",
    ]
    note = "A model without a rank was not asked in every language. Size in billions of parameters."
    return Section("ranking", "Models", says, "forest", [Table(frame, "accuracy", note, texts=2)])


def by_language(found: Statistics, lead: Focus) -> Section:
    """Return the section on accuracy in every language."""
    own = found.accuracy.filter(task=lead.task).with_columns(
        pl.when("above_chance")
        .then(per_cent("accuracy"))
        .otherwise(pl.format("({})", per_cent("accuracy")))
        .alias("as")
    )
    frame = wide(own, "scope", "as", [ALL, *TIERS, *languages()], lead.order).rename(
        {"run": "model", **NAMES}, strict=False
    )
    says = [
        "Per cent of the questions answered correctly, by language. In brackets: not distinguishable from guessing on "
        "these questions.",
    ]
    return Section("languages", "Languages", says, "accuracy", [Table(frame, "accuracy")])


def by_task(found: Statistics, lead: Focus) -> Section | None:
    """Return the section on accuracy in every task, in all languages."""
    own = found.accuracy.filter(scope=lead.scope).with_columns(share_within("accuracy", "low", "high"))
    tasks = [task for task in (*TASKS, ALL) if task in set(own["task"])]
    if len(tasks) < 2:
        return None
    chance = found.accuracy.filter(scope=lead.scope).group_by("task").agg(pl.col("chance").median())
    guessing = ", ".join(f"{task} {100 * share:.0f} %" for task, share in chance.sort("task").iter_rows())
    frame = wide(own, "task", "accuracy", tasks, lead.order).rename({"run": "model", **NAMES}, strict=False)
    says = [
        "mcqa: multiple-choice questions; yesno: yes, no or maybe from a text; nli: whether a statement follows from "
        f"another. Guessing scores: {guessing}.",
    ]
    return Section("tasks", "Tasks", says, None, [Table(frame, "accuracy")])


def by_specialty(found: Statistics, lead: Focus) -> Section | None:
    """Return the section on accuracy in every field of medicine that has enough questions."""
    own = found.specialties.filter(task=lead.task, scope=lead.scope)
    if own.is_empty():
        return None
    counted = own.group_by("specialty").agg(pl.col("items").max()).sort("items", "specialty", descending=[True, False])
    questions = ", ".join(f"{name} {items:,}" for name, items in counted.iter_rows())
    cells = own.with_columns(share_within("accuracy", "low", "high"))
    frame = wide(cells, "specialty", "accuracy", counted["specialty"].to_list(), lead.order).rename({"run": "model"})
    says = [
        "Per cent of the questions answered right, by the field of medicine that their source gives them. Questions of "
        "one field may be harder than those of another: compare models within a field, and not fields with each other. "
        f"Questions: {questions}.",
    ]
    note = f"Fields with fewer than {FEWEST} questions are left out."
    return Section("specialties", "Fields of medicine", says, None, [Table(frame, "specialties", note)])


def to_english(found: Statistics, lead: Focus) -> Section | None:
    """Return the section on each language's gap to English."""
    own = found.gaps.filter(task=lead.task)
    if own.is_empty():
        return None
    marked = own.with_columns(
        (points("difference") + pl.when("significant").then(pl.lit("*")).otherwise(pl.lit(""))).alias("as")
    )
    names = [name for name in languages() if name != ENGLISH]
    frame = wide(marked, "language", "as", names, lead.order).rename({"run": "model"})
    says = [
        "The same questions in English and in another language: the difference in percentage points, positive (+) "
        "where the other language scores higher. * marks a significant difference: the probability of any false mark "
        "in this table is below 5 % (McNemar's test, Holm's correction over all models and languages).",
    ]
    return Section("gaps", "Gap to English", says, "gaps", [Table(frame, "gaps")])


def unequal(found: Statistics, lead: Focus) -> Section | None:
    """Return the section on the worst language and the tiers."""
    own = found.disparity.filter(task=lead.task)
    if own.is_empty():
        return None
    made = sorted_by(own, lead.order).select(
        pl.col("run").alias("model"),
        pl.col("worst").alias("worst language"),
        pl.format("{}", "items").alias("questions"),
        per_cent("worst_accuracy").alias("right there, %"),
        points_within("worst_below_mean", "worst_low", "worst_high").alias("less than its mean"),
        per_cent("worst_share", 0).alias("worst in % of resamples"),
        per_cent("high").alias("high-resource, %"),
        per_cent("low").alias("low-resource, %"),
        ratio_within("ratio", "ratio_low", "ratio_high").alias("ratio"),
        ratio_within("corrected_ratio", "corrected_low", "corrected_high").alias("ratio above guessing"),
    )
    says = [
        "A ratio of 0.80 means that for every 100 correct answers in high-resource languages there are 80 in "
        "low-resource ones; it is empty for a model that may have no correct answer. Some correct answers are lucky "
        "guesses; the last column corrects for them, and is empty for a model that is hardly better than guessing. The "
        "worst language looks slightly worse than it is, since it was selected for its score. Only questions that were "
        "asked in every language count.",
    ]
    return Section("disparity", "Low- and high-resource languages", says, None, [Table(made, "disparity", texts=2)])


def consistent(found: Statistics, lead: Focus) -> Section | None:
    """Return the section on giving the same answer to the same question in every language."""
    own = found.agreement.filter(task=lead.task)
    if own.is_empty():
        return None
    made = sorted_by(own, lead.order).select(
        pl.col("run").alias("model"),
        pl.format("{}", "items").alias("questions"),
        per_cent("same").alias("same answer, %"),
        number("kappa").alias("kappa"),
        per_cent("all_right").alias("right in all"),
        per_cent("none_right").alias("right in none"),
        per_cent("all_same_wrong").alias("same wrong answer in all"),
    )
    says = [
        "How often a model gives the same answer to a question in two languages: the share of pairs of languages with "
        "the same answer, and Fleiss's kappa, which is 0 for agreement by chance and 1 for full agreement. Only "
        "questions that it answered in every language count.",
    ]
    return Section("consistency", "The same question in another language", says, None, [Table(made, "agreement")])


def between_models(found: Statistics, lead: Focus) -> Section | None:
    """Return the section on the differences between models that are significant."""
    own = found.runs_compared.filter(task=lead.task, scope=lead.scope)
    if own.is_empty():
        return None
    turned = own.select(
        pl.col("second").alias("first"),
        pl.col("first").alias("second"),
        -pl.col("difference"),
        (-pl.col("high")).alias("low"),
        (-pl.col("low")).alias("high"),
        "p_holm",
        "p_bh",
        "significant",
    )
    both = pl.concat([own.select(turned.columns), turned])
    told = both.group_by(run="first").agg(
        (pl.col("significant") & (pl.col("difference") > 0)).sum().alias("better"),
        (pl.col("significant") & (pl.col("difference") < 0)).sum().alias("worse"),
        (~pl.col("significant")).sum().alias("equal"),
    )
    following = lead.order.with_columns(second=pl.col("run").shift(-1))
    joined = told.join(following.select("run", "second"), on="run").join(
        both.rename({"first": "run"}), on=["run", "second"], how="left"
    )
    made = sorted_by(joined, lead.order).select(
        pl.col("run").alias("model"),
        pl.col("second").fill_null(NONE).alias("next model"),
        points_within("difference", "low", "high").alias("difference, points"),
        p_value("p_holm").alias("p (Holm)"),
        p_value("p_bh").alias("p (Benjamini-Hochberg)"),
        *(
            pl.format("{}", name).alias(title)
            for name, title in (("better", "better than"), ("worse", "worse than"), ("equal", "not separable from"))
        ),
    )
    says = [
        "Each model compared with the next one in rank, on the questions that both were asked, and the number of other "
        "models that it is better or worse than. p is the probability of such a difference between equally good "
        "models, corrected for the number of pairs; below 0.05 the difference is significant.",
    ]
    return Section("pairs", "Which models differ", says, None, [Table(made, "runs_compared", texts=2)])
