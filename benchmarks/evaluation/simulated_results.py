"""Results of models that do not exist, with known accuracies.

A latent ability for every item is shared by all languages and models (`share` of its variance), so that answers to
parallel items go together as they do in real runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from globmed.languages import language
from globmed.prompts import asked
from globmed.records.evaluation import RUN, RUNNING, AnswerLimits, Asked, DatasetPin, EvaluatedModel, StartedRun
from globmed.records.record import write_record
from globmed.records.results import ASIDE, RESULTS, SCHEMA
from globmed.schema import ANSWERS
from globmed.versions import REPOSITORY

WHEN = "2026-01-02T03:04:05+00:00"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
LETTERS = tuple("ABCDE")
#: Half of the items are of each.
SPECIALTIES = ("Oncology", "Surgery")
OPTIONS = {"mcqa": LETTERS, **ANSWERS}
#: Likeness to a reference where a model is right, and where it is not.
LIKE, UNLIKE = {"rouge_l": 0.4, "bleu": 20.0, "chrf": 45.0}, {"rouge_l": 0.2, "bleu": 5.0, "chrf": 25.0}


@dataclass(frozen=True)
class Items:
    """Parallel items of several tasks, and how hard they are."""

    count: int
    tasks: Sequence[str] = ("mcqa",)
    seed: int = 1
    id: list[str] = field(init=False)
    task: list[str] = field(init=False)
    key: npt.NDArray[np.int64] = field(init=False)
    ease: npt.NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        """Draw them."""
        random = np.random.default_rng(self.seed)
        tasks = [self.tasks[place % len(self.tasks)] for place in range(self.count)]
        object.__setattr__(self, "task", tasks)
        object.__setattr__(self, "id", [f"made-up/test/{place:06}" for place in range(self.count)])
        options = np.array([len(OPTIONS[task]) for task in tasks])
        object.__setattr__(self, "key", random.integers(options))
        object.__setattr__(self, "ease", random.standard_normal(self.count))


def right(accuracy: float, items: Items, random: np.random.Generator, share: float = 0.3) -> npt.NDArray[np.bool_]:
    """Draw the items that a model of this accuracy gets right in one language."""
    ability = np.sqrt(share) * items.ease + np.sqrt(1 - share) * random.standard_normal(items.count)
    known: npt.NDArray[np.bool_] = ability < stats.norm.ppf(accuracy)
    return known


def run_frame(
    model: str, accuracies: dict[str, float], items: Items, seed: int, aside: float = 0.0, share: float = 0.3
) -> pl.DataFrame:
    """Return one model's results; `aside` is the share of items that are not answered."""
    random = np.random.default_rng(seed)
    parts = [
        _language(name, right(accuracy, items, random, share), items, random, aside)
        for name, accuracy in accuracies.items()
    ]
    frame = pl.concat(parts).with_columns(
        pl.lit(model).alias("model"),
        pl.lit(model).alias("served"),
        pl.lit("f" * 40).alias("revision"),
        pl.lit(REPOSITORY).alias("repository"),
        pl.lit("1.0.0").alias("version"),
        pl.lit(COMMIT).alias("commit"),
        pl.lit("made-up").alias("source"),
        pl.when(pl.col("id").str.tail(1).is_in(list("01234")))
        .then(pl.lit(SPECIALTIES[0]))
        .otherwise(pl.lit(SPECIALTIES[1]))
        .alias("specialty"),
        pl.lit("generation").alias("method"),
        pl.lit("native").alias("style"),
        pl.lit(0).alias("shots"),
    )
    absent = [pl.lit(None).alias(name) for name in SCHEMA if name not in frame.columns]
    return frame.with_columns(absent).select(list(SCHEMA)).cast(SCHEMA)


def with_long_answers(frame: pl.DataFrame, count: int) -> pl.DataFrame:
    """Return the rows with this many items per language as long answers, scored by how they were answered."""
    scores = [pl.when(outcome="correct").then(LIKE[name]).otherwise(UNLIKE[name]).alias(name) for name in LIKE]
    mark = pl.when(outcome="correct").then(0.9).otherwise(0.3).alias("judge")
    answered = pl.col("outcome").is_in(["correct", "wrong"])
    long = frame.filter(pl.int_range(pl.len()).over("language") < count).with_columns(
        pl.format("long/{}", "id").alias("id"),
        pl.lit("lfqa").alias("task"),
        pl.lit(None).alias("parsed"),
        pl.lit(None).alias("answer"),
        pl.lit(None).alias("choices"),
        pl.when(answered).then(pl.lit("scored")).otherwise("outcome").alias("outcome"),
        pl.when(answered).then(pl.struct(*scores, pl.lit(1.0).alias("language"), mark)).alias("scores"),
        pl.when(answered).then(pl.lit("judge-1")).alias("judge"),
    )
    return pl.concat([frame, long.select(frame.columns).cast(SCHEMA)])


def write_run(folder: Path, frame: pl.DataFrame, size: float | None = None) -> Path:
    """Write a run's folder as the runner does, and return it."""
    folder.mkdir(parents=True)
    frame.write_parquet(folder / RESULTS)
    row = frame.row(0, named=True)
    started = StartedRun(
        state=RUNNING,
        model=EvaluatedModel(name=row["model"], provider="hub", id=f"made-up/{folder.name}", size=size),
        served_at=None,
        revision=row["revision"],
        weights={},
        dataset=DatasetPin(row["repository"], row["version"], row["commit"], manifest_sha256="0" * 64),
        definition=Asked(
            languages=frame["language"].unique(maintain_order=True).to_list(),
            tasks=frame["task"].unique().sort().to_list(),
            **{name: row[name] for name in ("method", "style", "shots")},
            seed=0,
            split="test",
            limit=0,
        ),
        max_tokens=AnswerLimits(short=256, long=1024),
        judge=None,
        started=WHEN,
    )
    record = started.complete(
        finished=WHEN,
        packages={"transformers": "5.23.0"},
        scores={"chrf": "chrF2++|made-up"},
        items=frame.height,
        outcomes={},
        tokens={"input": 0, "output": 0},
        dollars=None,
        errors={},
    )
    write_record(folder / RUN, record, indent=2)
    return folder


def by_tier(high: float, low: float) -> dict[str, float]:
    """Return an accuracy for every language that models are asked in, by prompts of its own."""
    return {name: high if language(name).tier == "high" else low for name in asked()}


def _language(
    name: str, known: npt.NDArray[np.bool_], items: Items, random: np.random.Generator, aside: float
) -> pl.DataFrame:
    options = np.array([len(OPTIONS[task]) for task in items.task])
    said = np.where(known, items.key, (items.key + random.integers(1, options)) % options)
    outcome = np.where(known, "correct", "wrong").astype(object)
    unanswered = random.random(items.count) < aside
    outcome[unanswered] = random.choice(ASIDE, unanswered.sum())
    frame = pl.DataFrame(
        {"id": items.id, "task": items.task, "key": items.key, "said": said, "outcome": outcome.astype(str)}
    )
    choices = pl.DataFrame({"task": list(OPTIONS), "choices": [list(each) for each in OPTIONS.values()]})
    joined = frame.join(choices, on="task", how="left", maintain_order="left")
    return joined.select(
        pl.lit(name).alias("language"),
        "id",
        "task",
        "choices",
        pl.col("choices").list.get("key").alias("answer"),
        pl.when(pl.col("outcome").is_in(["correct", "wrong"])).then(pl.col("choices").list.get("said")).alias("parsed"),
        "outcome",
    )
