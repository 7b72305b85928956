"""One run: ask a model all items of a benchmark, into one folder.

    results.parquet  one row per item, written when all are done
    run.json         the record of the run: model, settings, results
    answers.sqlite   all paid answers (see `recorder`)
    parts/           rows of finished items, until all are done

A run can be killed at any moment and resumed: finished parts are kept, and no answer is paid twice. Failed items have
the outcome `error` or `malformed`; the next start retries them, and no others.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

import polars as pl
from rich.progress import Progress

from bench_recipes.ask import judge as judging
from bench_recipes.ask.asking import BATCH, MAX_CONNECTIONS, Ask, Question, Reply, Served, in_memory, serving
from bench_recipes.ask.weights import Weights, weights
from bench_recipes.models import Model, address
from bench_recipes.score.extract import read
from bench_recipes.score.thoughts import spoken
from bench_recipes.tasks import Benchmark
from globmed.cli.console import stderr
from globmed.errors import UserError
from globmed.languages import language
from globmed.metrics import scores, signatures
from globmed.records.evaluation import (
    RUN,
    RUNNING,
    AnswerLimits,
    Asked,
    DatasetPin,
    EvaluatedModel,
    EvaluationRun,
    Judge,
    StartedRun,
    read_run,
)
from globmed.records.record import write_record
from globmed.records.results import RESULTS, SCHEMA, Outcome
from globmed.storage.files import replaced
from globmed.storage.folders import make_folder
from globmed.storage.lock import locked
from globmed.training.device import device_name
from globmed.training.precision import Dtype, fast_dtype

ANSWERS, PARTS = "answers.sqlite", "parts"
#: Of a part's metadata: how long it took, with the loading of the model for the first one.
SECONDS = "seconds"
#: Items per part: the most that a local model has to compute again after a kill.
PART = 500
MAX_TOKENS, MAX_LONG, MAX_REASONING = 256, 1024, 8192
PACKAGES = ("globmed", "inspect_ai", "openai", "polars", "rouge-score", "sacrebleu", "torch", "transformers")
SCORED = ("scored", "other_language")

Answered = Callable[[], None]
#: The columns of a part: those of the results that depend on the model's answers.
Answer = Callable[[pl.DataFrame, Answered], pl.DataFrame]


@dataclass(frozen=True)
class Options:
    """Options for asking a model; the method and the questions are the benchmark's.

    Without a ``dtype`` weights are computed in what the device is fast in.
    """

    base_url: str | None = None
    judge: Model | None = None
    judge_base_url: str | None = None
    budget: float | None = None
    max_connections: int = MAX_CONNECTIONS
    max_tokens: int | None = None
    device: str | None = None
    batch: int = BATCH
    dtype: Dtype | None = None
    part: int = PART


@dataclass(frozen=True)
class Plan:
    """A run: the benchmark, the model, and the location of its weights or server."""

    benchmark: Benchmark
    model: Model
    options: Options
    weights: Weights | None = None
    served: Sequence[Served] = field(default=())
    dtype: Dtype | None = None

    def started(self, when: str) -> StartedRun:
        """Return the record of the run when it starts."""
        asked, published, judge = self.benchmark.definition, self.benchmark.published, self.options.judge
        pin = (published.repository, str(published.version), published.commit, published.manifest_sha256)
        return StartedRun(
            state=RUNNING,
            model=EvaluatedModel(**_plain(self.model)),
            served_at=self.served[0].base_url if self.served and self.weights is None else None,
            revision=self.weights.revision if self.weights else None,
            weights=dict(self.weights.files) if self.weights else {},
            dataset=DatasetPin(*pin),
            definition=Asked(
                languages=self.benchmark.items["language"].unique(maintain_order=True).to_list(),
                tasks=self.benchmark.items["task"].unique(maintain_order=True).sort().to_list(),
                **{name: getattr(asked, name) for name in ("method", "style", "shots", "seed", "split", "limit")},
            ),
            max_tokens=AnswerLimits(short=self.max_tokens("mcqa"), long=self.max_tokens("lfqa")),
            judge=Judge(**_plain(judge), rubric_sha256=judging.rubric_sha256()) if judge else None,
            started=when,
            dtype=self.dtype,
        )

    def max_tokens(self, task: str) -> int:
        """Return the maximum tokens of an answer; thoughts count."""
        if self.options.max_tokens is not None:
            return self.options.max_tokens
        if self.model.reasoning:
            return MAX_REASONING
        return MAX_LONG if task == "lfqa" else MAX_TOKENS


def plan(benchmark: Benchmark, model: Model, options: Options, folder: Path) -> Plan:
    """Find the weights or the server and the keys, and check that the run is possible.

    Raises:
        UserError: a missing key, no weights, likelihood with a served model, a budget without a price.
    """
    method = benchmark.definition.method
    at = address(model, options.base_url)
    if method == "likelihood" and at is not None:
        raise UserError(f"{model.name} is served: the likelihood of letters needs its weights; ask by generation")
    served = [] if at is None else [Served(model, *at)]
    if options.judge is not None:
        judge_at = address(options.judge, options.judge_base_url)
        if judge_at is None:
            raise UserError(f"the judge {options.judge.name} is open weights: serve it, and name --judge-base-url")
        served.append(Served(options.judge, *judge_at))
    if options.budget is not None:
        for one in served:
            if one.model.price_in is None or one.model.price_out is None:
                raise UserError(f"no price of {one.model.name} is known: leave --budget out, or add it to models.toml")
    before = _before(folder)
    revision = before.revision if before else None
    if at is not None:
        return Plan(benchmark, model, options, None, served)
    dtype = options.dtype or fast_dtype(options.device)
    return Plan(benchmark, model, options, weights(model, revision), served, dtype)


def run(plan: Plan, folder: Path) -> EvaluationRun:
    """Ask the items that are not answered yet, and write the results.

    Returns:
        The record, as in ``run.json``.

    Raises:
        UserError: the folder has another run, or another process is using it; as `asking.Ask`.
    """
    with locked(make_folder(folder)):
        before = _before(folder)
        started = plan.started(before.started if before else _now())
        if before and (key := started.other_setting(before)):
            raise UserError(f"{folder} contains a run with another {key}: choose another --out")
        if isinstance(before, EvaluationRun) and not before.errors and (folder / RESULTS).is_file():
            return before
        write_record(folder / RUN, started, indent=2)
        rows, errors, seconds = _rows(plan, folder)
        _write(rows, folder / RESULTS)
        record = started.complete(
            finished=_now(),
            packages={name: version(name) for name in PACKAGES},
            scores=dict(signatures()) if "lfqa" in started.definition.tasks else {},
            items=rows.height,
            outcomes=dict(rows["outcome"].value_counts().sort("outcome").rows()),
            tokens={name: rows[f"{name}_tokens"].sum() for name in ("input", "output")},
            dollars=_dollars(plan, folder),
            errors=dict(errors),
            device=device_name(plan.options.device) if plan.weights else None,
            seconds=round(seconds, 3),
        )
        write_record(folder / RUN, record, indent=2)
        if not errors:
            shutil.rmtree(folder / PARTS)
        return record


def _rows(plan: Plan, folder: Path) -> tuple[pl.DataFrame, Counter[str], float]:
    """Return the rows of all items, the errors, and the seconds taken; all with those of earlier starts' parts."""
    items, size = plan.benchmark.items, plan.options.part
    parts = make_folder(folder / PARTS)
    paths = [parts / f"{start:07}.parquet" for start in range(0, items.height, size)]
    done = {path: pl.read_parquet(path, glob=False) for path in paths if path.is_file()}
    seconds = sum(float(pl.read_parquet_metadata(path).get(SECONDS, 0)) for path in done)
    errors: Counter[str] = Counter()
    if len(done) < len(paths):
        with ExitStack() as stack:
            begun = monotonic()
            progress = stack.enter_context(Progress(console=stderr, transient=True))
            bar = progress.add_task(plan.model.name, total=items.height, completed=sum(map(len, done.values())))
            answer = stack.enter_context(_answering(plan, folder, errors))
            for number, path in enumerate(paths):
                if path not in done:
                    some, failed = items.slice(number * size, size), errors.total()
                    done[path] = _results(plan, some, answer(some, lambda: progress.advance(bar)))
                    took, begun = monotonic() - begun, monotonic()
                    seconds += took
                    if errors.total() == failed:
                        _write(done[path], path, {SECONDS: str(took)})
    return pl.concat([done[path] for path in paths]), errors, seconds


@contextmanager
def _answering(plan: Plan, folder: Path, errors: Counter[str]) -> Iterator[Answer]:
    """Yield the loaded or served model and its judge."""
    with ExitStack() as stack:
        asks: list[Ask] = []
        if plan.served:
            options = plan.options
            asks = stack.enter_context(serving(plan.served, folder / ANSWERS, options.budget, options.max_connections))
        judge = asks.pop() if plan.options.judge else None
        if plan.benchmark.definition.method == "likelihood":
            yield _likelihood(plan)
        elif plan.weights is None:
            yield _generation(plan, asks[0], judge, errors)
        else:
            dtype = plan.dtype or "auto"
            ask = stack.enter_context(in_memory(plan.weights.folder, plan.options.device, plan.options.batch, dtype))
            yield _generation(plan, ask, judge, errors)


def _likelihood(plan: Plan) -> Answer:
    from bench_recipes.ask.letters import load_scorer, score

    assert plan.weights is not None  # noqa: S101 -- checked by `plan`
    scorer = load_scorer(str(plan.weights.folder), device=plan.options.device, dtype=plan.dtype or "auto")

    def answer(items: pl.DataFrame, answered: Answered) -> pl.DataFrame:
        found = score(scorer, items)
        for _ in range(items.height):
            answered()
        return chosen(pl.concat([items.select("choices", "answer"), found], how="horizontal"))

    return answer


def chosen(scored: pl.DataFrame) -> pl.DataFrame:
    """Return the answer and outcome that the likelihoods of choices give: the likeliest choice is the answer.

    Ties go to the first choice, as in lm-evaluation-harness. A likelihood that is NaN or infinite, as from weights that
    overflow, cannot be compared: such an item has no answer, and the outcome `no_likelihood`.

    Args:
        scored: `choices`, `answer`, `log_likelihoods` (natural logarithms, one per choice) and `input_tokens`.

    Returns:
        `log_likelihoods`, `input_tokens`, `parsed` and `outcome`, one row per item.
    """
    likelihood = pl.element()
    first = pl.col("log_likelihoods").list.eval((likelihood == likelihood.max()).arg_true().first()).list.first()
    known = pl.col("log_likelihoods").list.eval(likelihood.is_finite()).list.all()
    parsed = pl.when(known).then(pl.col("choices").list.get(first))
    outcome = pl.when(parsed == pl.col("answer")).then(pl.lit("correct")).otherwise(pl.lit("wrong"))
    return scored.select(
        "log_likelihoods",
        "input_tokens",
        parsed=parsed,
        outcome=pl.when(known).then(outcome).otherwise(pl.lit("no_likelihood")),
    )


def _generation(plan: Plan, ask: Ask, judge: Ask | None, errors: Counter[str]) -> Answer:
    def answer(items: pl.DataFrame, answered: Answered) -> pl.DataFrame:
        rows = items.to_dicts()
        questions = [Question(row["prompt"], plan.max_tokens(row["task"])) for row in rows]
        replies = ask(questions, answered)
        errors.update(reply.error for reply in replies if reply.error)
        found = [_read(row, reply, plan) for row, reply in zip(rows, replies, strict=True)]
        if judge is not None:
            errors.update(_judge(rows, found, judge, plan.options.judge))
        return pl.DataFrame(found, schema={name: SCHEMA[name] for name in found[0]})

    return answer


def _read(row: Mapping[str, Any], reply: Reply, plan: Plan) -> dict[str, Any]:
    """Return the result columns of a reply."""
    got = read(reply.text, row, plan.benchmark.definition.style, reply.stop, reply.refused, thinks=plan.model.reasoning)
    said = spoken(reply.text).text
    outcome: Outcome = "empty" if got.outcome == "unparsed" and not said else got.outcome
    if reply.error:
        outcome = reply.outcome
    scored = row["task"] == "lfqa" and outcome in SCORED
    return {
        "raw": None if reply.error else reply.text,
        "parsed": got.parsed if not reply.error else None,
        "outcome": outcome,
        "scores": scores(said, row["reference"], language(row["language"])) if scored else None,
        "judge": None,
        "served": reply.served,
        "input_tokens": reply.input_tokens,
        "output_tokens": reply.output_tokens,
    }


def _judge(
    rows: Sequence[Mapping[str, Any]], found: Sequence[dict[str, Any]], ask: Ask, judge: Model | None
) -> list[str]:
    """Add the judge's marks to the long answers that have a reference; a failure gives no mark, but its error."""
    assert judge is not None  # noqa: S101 -- it is asked
    judged = [(row, one) for row, one in zip(rows, found, strict=True) if one["scores"] and row["reference"]]
    replies = ask([judging.question(row, spoken(one["raw"]).text, judge.reasoning) for row, one in judged])
    for (_, one), reply in zip(judged, replies, strict=True):
        one["scores"]["judge"] = judging.mark(reply)
        one["judge"] = f"{judge.name} ({reply.served or judge.id})"
    return [f"{judge.name}: {reply.error}" for reply in replies if reply.error]


def _results(plan: Plan, items: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the results: the items, the columns common to all rows, and the answers."""
    asked, published = plan.benchmark.definition, plan.benchmark.published
    same = {
        "model": plan.model.name,
        "revision": plan.weights.revision if plan.weights else None,
        "repository": published.repository,
        "version": str(published.version),
        "commit": published.commit,
        "method": asked.method,
        "style": asked.style,
        "shots": asked.shots,
    }
    if plan.weights:
        same["served"] = plan.model.id
    shared = [name for name in items.columns if name in SCHEMA]
    frame = pl.DataFrame(dict(items.select(shared).to_dict()) | dict(answers.to_dict()))
    frame = frame.with_columns(pl.lit(value).alias(name) for name, value in same.items())
    frame = frame.with_columns(pl.lit(None).alias(name) for name in SCHEMA if name not in frame.columns)
    return frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _dollars(plan: Plan, folder: Path) -> float | None:
    """Return the cost of the answers; None if a price is not known."""
    from bench_recipes.ask.answers import opened

    if any(one.model.price_in is None for one in plan.served):
        return None
    if not plan.served:
        return 0.0
    with opened(folder / ANSWERS) as answers:
        return round(answers.spent(), 6)


def _before(folder: Path) -> StartedRun | None:
    """Return the record of an earlier start in a folder; None if there is none."""
    path = folder / RUN
    return read_run(path, "choose another --out") if path.is_file() else None


def _plain(model: Model) -> dict[str, Any]:
    return {
        name: str(value) if name == "priced" else value for name, value in asdict(model).items() if value is not None
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write(rows: pl.DataFrame, path: Path, metadata: dict[str, str] | None = None) -> None:
    with replaced(path) as temporary:
        rows.write_parquet(temporary, compression="zstd", metadata=metadata)
