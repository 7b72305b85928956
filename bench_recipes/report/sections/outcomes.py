"""The parts of the report about items without an answer, guessing, memorisation and long answers."""

from collections.abc import Sequence

import polars as pl

from bench_recipes.report.cells import NONE, Focus, Section, Table, number, per_cent, points, sorted_by, wide
from bench_recipes.report.comparison import Statistics
from bench_recipes.report.sections.reproduction import pinned_rows
from globmed.cli.console import visible
from globmed.languages import languages
from globmed.metrics import AVERAGED, METRICS
from globmed.records.comparison import Pins

#: Outcomes without an answer, by their names in the report.
ASIDE = {
    "refusal": "refused",
    "filtered": "filtered by the provider",
    "other_language": "in another language",
    "unparsed": "not readable",
    "truncated": "cut at the token limit",
    "empty": "empty",
    "malformed": "no answer in what the server sent",
    "error": "failed",
    "no_likelihood": "without a likelihood",
}


def unanswered(found: Statistics, lead: Focus) -> Section | None:
    """Return the section on refusals and other outcomes without an answer."""
    own = found.accuracy.filter(task=lead.task)
    if own.is_empty():
        return None
    share = pl.sum_horizontal(list(ASIDE)) / pl.col("asked")
    alone = own.filter(pl.col("scope").is_in(list(languages()))).with_columns(share=share)
    most = alone.sort("share", descending=True, maintain_order=True).unique("run", keep="first", maintain_order=True)
    worst = most.select(
        "run",
        pl.when(pl.col("share") > 0)
        .then(pl.format("{} {}", "scope", per_cent("share")))
        .otherwise(pl.lit(NONE))
        .alias("most in"),
    )
    shares = own.filter(scope=lead.scope).with_columns((pl.col(name) / pl.col("asked")) for name in ASIDE)
    made = sorted_by(shares.join(worst, on="run", how="left"), lead.order).select(
        pl.col("run").alias("model"),
        *(per_cent(name).alias(title) for name, title in ASIDE.items()),
        "most in",
        per_cent("answered").alias("right of the answered"),
    )
    says = [
        "Per cent of the questions without an answer, by reason; they are counted separately from wrong answers. The "
        "last column is the correct share of the answered questions.",
    ]
    return Section("unanswered", "Questions without an answer", says, None, [Table(made, "accuracy")])


def guessing(found: Statistics, lead: Focus) -> Section | None:
    """Return the section on the chance level and preferences for a letter."""
    own = found.accuracy.filter(pl.col("scope").is_in(list(languages())), task=lead.task)
    if own.is_empty():
        return None
    at_chance = own.group_by("run").agg(
        pl.col("scope").filter(~pl.col("above_chance")).str.join(", ").fill_null("").alias("languages"),
        pl.col("chance").mean(),
    )
    liked = found.bias.sort("distance", descending=True, maintain_order=True).unique(
        "run", keep="first", maintain_order=True
    )
    real = found.bias.group_by("run").agg(pl.col("significant").sum(), pl.len())
    joined = at_chance.join(liked.drop("p", "significant"), on="run", how="left").join(real, on="run", how="left")
    made = sorted_by(joined, lead.order).select(
        pl.col("run").alias("model"),
        pl.when(pl.col("languages") == "")
        .then(pl.lit(NONE))
        .otherwise("languages")
        .alias("no better than guessing in"),
        per_cent("chance").alias("guessing, %"),
        pl.format("{} in {} ({})", "most", "language", "task").fill_null(NONE).alias("favourite answer"),
        points("excess").alias("too often by, points"),
        per_cent("distance").alias("answers off the keys, %"),
        pl.format("{} of {}", "significant", "len").fill_null(NONE).alias("languages and tasks with a favourite"),
    )
    says = [
        "Guessing answers a share of the questions correctly. A model with a preferred letter gives it more often than "
        "it is the key; the strongest case is shown. The last column counts the significant cases (Stuart and "
        "Maxwell's test, Holm's correction).",
    ]
    return Section("guessing", "Guessing and favourite letters", says, None, [Table(made, "bias", texts=2)])


def by_heart(found: Statistics, lead: Focus) -> Section:
    """Return the section on hints of contamination."""
    own = found.memorised.filter(task=lead.task)
    says = [
        "The English questions are on the web with their keys. Correct answers that a model knows correlate with how "
        "easy a question is for other models; memorised ones do not. A model is flagged if its English answers "
        "correlate less with easiness than its answers in other languages, and less than those of the other models. A "
        "flag is a reason to look closer, not a finding."
    ]
    if own.is_empty():
        says.append(
            "Not available: this takes five models, English and another high-resource language, and 50 questions."
        )
        return Section("memorised", "Learnt by heart?", says)
    made = sorted_by(own, lead.order).select(
        pl.col("run").alias("model"),
        pl.when("hint").then(pl.lit("look closer")).otherwise(pl.lit(NONE)).alias("flag"),
        number("in_english").alias("with ease in English"),
        number("elsewhere").alias("elsewhere"),
        number("score", 1).alias("stands out by"),
    )
    return Section("memorised", "Learnt by heart?", says, None, [Table(made, "memorised", texts=2)])


def long(found: Statistics, lead: Focus, signatures: Sequence[Sequence[str]]) -> Section | None:
    """Return the section on scores of long answers."""
    own = found.long_answers
    if own.is_empty():
        return None
    places = [name for name in languages() if name in set(own["language"])]
    tables = []
    for score in AVERAGED:
        title, decimals = METRICS[score].title, 2 if METRICS[score].most == 1 else 1
        cells = own.filter(score=score).with_columns(number("mean", decimals).alias("as"))
        if cells.height:
            signed = "; ".join(f"{name}: {text}" for name, text in signatures if name.split(" ")[0] == score)
            judges = ", ".join(map(visible, cells["judge"].drop_nulls().unique().sort()))
            note = ". ".join(filter(None, (f"{title}, means by language", signed, judges and f"judged by {judges}")))
            frame = wide(cells, "language", "as", places, lead.order).rename({"run": "model"})
            tables.append(Table(frame, "long_answers", note))
    counts = own.unique(["run", "language"]).group_by("run").agg(pl.col("asked", "scored", *ASIDE).sum())
    shares = counts.with_columns((pl.col(name) / pl.col("asked")) for name in ASIDE)
    made = sorted_by(shares, lead.order).select(
        pl.col("run").alias("model"),
        pl.format("{}", "asked").alias("asked"),
        pl.format("{}", "scored").alias("scored"),
        *(per_cent(name).alias(f"{title}, %") for name, title in ASIDE.items()),
    )
    tables.append(Table(made, "long_answers", "What became of the questions."))
    says = [
        "Answers in sentences, scored by similarity to a reference and, if a judge was used, by its mark from 0 to 1. "
        "Similar wording does not imply the same meaning: no score certifies that an answer is safe. The file of the "
        "table has the intervals.",
    ]
    return Section("long", "Long answers", says, None, tables)


def made_with(found: Statistics, pinned: Pins) -> Section:
    """Return the section on everything that the figures depend on."""
    facts = pl.DataFrame(pinned_rows(pinned), schema=["what", "which"], orient="row")
    runs = found.runs.select(
        pl.col("name").alias("model"),
        *(pl.col(name).fill_null(NONE) for name in ("served", "revision", "method")),
        pl.col("style").alias("instruction"),
        pl.format("{}", "shots").alias("examples"),
        *(pl.col(name).fill_null(NONE) for name in ("finished", "packages")),
        pl.col("results_sha256").alias("SHA-256 of its results"),
    )
    says = ["What these figures were made of. The same results and packages give the same figures."]
    tables = [Table(facts, texts=2), Table(runs, "runs", texts=len(runs.columns))]
    return Section("pinned", "Made with", says, None, tables)
