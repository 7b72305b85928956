"""A task of inspect-ai: the items, prompts and reading of answers of `globmed bench run`, asked by Inspect."""

from math import nan
from typing import Any

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ContentReasoning, GenerateConfig
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, mean, scorer, stderr
from inspect_ai.solver import TaskState, generate

from bench_recipes.ask.asking import reply_of
from bench_recipes.ask.run import MAX_LONG, MAX_TOKENS, SCORED
from bench_recipes.score.extract import Read, read
from bench_recipes.score.thoughts import spoken
from bench_recipes.tasks import Definition, benchmark
from globmed.languages import language as language_of
from globmed.metrics import LONG_ANSWERS, scores
from globmed.prompts import Style
from globmed.versions import REPOSITORY

LONG = "lfqa"
#: The metrics that need no judge.
MEASURED = tuple(metric.name for metric in LONG_ANSWERS if metric.measure)


def task(
    name: str,
    version: str,
    language: str,
    repository: str = REPOSITORY,
    style: Style = "native",
    shots: int = 0,
) -> Task:
    """Return the items of a task in one language of a published version, pinned to its commit.

    Args:
        name: the task, one of `globmed.schema.TASKS`.
        version: number, tag or commit.
        language: config name or tag.
        repository: the dataset.
        style: language of the instruction.
        shots: examples before the question.

    Raises:
        UserError: as `benchmark`.
    """
    made = benchmark(Definition(version, repository, [language], [name], style=style, shots=shots))
    published = made.published
    place = f"{published.repository}@{published.commit}"
    samples = [
        Sample(input=row["prompt"], target=row["answer"] or row["reference"] or "", id=row["id"], metadata=row)
        for row in made.items.to_dicts()
    ]
    return Task(
        dataset=MemoryDataset(samples, name=published.repository, location=place),
        solver=generate(),
        scorer=long_answer(style) if name == LONG else choice(style),
        config=GenerateConfig(temperature=0, max_tokens=MAX_LONG if name == LONG else MAX_TOKENS),
        name=name,
        version=str(published.version),
        metadata={
            "repository": published.repository,
            "version": str(published.version),
            "commit": published.commit,
            "manifest_sha256": published.manifest_sha256,
            "language": made.items["language"][0],
        },
    )


@scorer(metrics=[accuracy(), stderr()])
def choice(style: Style = "native") -> Scorer:
    """Score a choice as `globmed bench run` reads it; the outcome is the score's explanation."""

    async def score(state: TaskState, target: Target) -> Score:
        got = _read(state, style)
        return Score(
            value=CORRECT if got.outcome == "correct" else INCORRECT, answer=got.parsed, explanation=got.outcome
        )

    return score


@scorer(metrics={"*": [mean(), stderr()]})
def long_answer(style: Style = "native") -> Scorer:
    """Score a long answer by every metric of `globmed.metrics` but the judge's; a refusal, for one, has no score."""

    async def score(state: TaskState, target: Target) -> Score:
        got, row, said = _read(state, style), state.metadata, spoken(state.output.completion).text
        found = scores(said, row["reference"], language_of(row["language"])) if got.outcome in SCORED else {}
        values = {name: nan if found.get(name) is None else found[name] for name in MEASURED}
        return Score(value=dict[str, Any](values), answer=said, explanation=got.outcome)

    return score


def _read(state: TaskState, style: Style) -> Read:
    reply, content = reply_of(state.output), state.output.message.content
    thinks = not isinstance(content, str) and any(isinstance(part, ContentReasoning) for part in content)
    return read(reply.text, state.metadata, style, reply.stop, reply.refused, thinks)
