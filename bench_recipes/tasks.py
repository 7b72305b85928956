"""The benchmark: languages x tasks of one published version, from one definition that is pinned to a commit.

An item's prompt is that of `globmed.prompts`. Likelihood needs answers of one token: for it, the words of yes/no/maybe
and of NLI become lettered options of the same question, so that every task is answered with a letter.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import polars as pl

from globmed.errors import UserError, unknown
from globmed.languages import select
from globmed.prompts import Prompts, Style, prompts
from globmed.records.results import Method
from globmed.schema import ANSWERS, CONTENT, SPLITS, TASKS
from globmed.storage.files import sha256_text
from globmed.versions import REPOSITORY
from globmed.versions.load import load
from globmed.versions.published import Published, resolve

EXAMPLES_FROM = "train"
LETTERS = "ABCDEFGHIJ"
READ = ("id", "language", "source", "task", *CONTENT)
#: One row per item. `says` are the expected answers for the `choices`, `texts` the options of mcqa.
_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "language": pl.String,
    "id": pl.String,
    "source": pl.String,
    "task": pl.String,
    "specialty": pl.String,
    "prompt": pl.String,
    "delimiter": pl.String,
    "prompt_sha256": pl.String,
    "choices": pl.List(pl.String),
    "says": pl.List(pl.String),
    "texts": pl.List(pl.String),
    "answer": pl.String,
    "reference": pl.String,
}
ITEMS = pl.Schema(_COLUMNS)


#: Rows by language and task.
Rows = dict[tuple[str, str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Definition:
    """The selection of items from a version, and the settings for asking them."""

    version: str
    repository: str = REPOSITORY
    languages: Sequence[str] = ()
    tasks: Sequence[str] = TASKS
    method: Method = "generation"
    style: Style = "native"
    shots: int = 0
    seed: int = 0
    split: str = "test"
    #: Maximum items per language and task, drawn by the seed, the same in every language that has them; 0 is all.
    limit: int = 0


@dataclass(frozen=True)
class Benchmark:
    """A definition with its version, its items, and the examples by language and task."""

    definition: Definition
    published: Published
    items: pl.DataFrame
    examples: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)


def benchmark(wanted: Definition, endpoint: str | None = None, token: str | None = None) -> Benchmark:
    """Load, check and render the items of a definition.

    Raises:
        UserError: as `globmed.versions.load`; an unknown task, split, method or style; too few examples; no items.
    """
    tasks = check_tasks(wanted)
    chosen = select(wanted.languages) if wanted.languages else None
    published = resolve(wanted.version, wanted.repository, endpoint, token)
    asked: Rows = {}
    examples: dict[tuple[str, str], list[str]] = {}
    for entry in chosen or select(published.configs):
        splits = load(entry.name, published.commit, wanted.repository, endpoint, token=token)
        texts = prompts(entry.name, wanted.style)
        for task in tasks:
            given = examples[entry.name, task] = _examples(_rows(splits, EXAMPLES_FROM, task), texts, wanted)
            if len(given) < wanted.shots:
                raise UserError(
                    f"{entry.name}: {EXAMPLES_FROM} has {len(given)} rows of {task} for {wanted.shots} examples: ask "
                    "for fewer --shots"
                )
            asked[entry.name, task] = _rows(splits, wanted.split, task)
    rows = [
        _item(row, name, prompts(name, wanted.style), examples[name, task], wanted.method)
        for (name, task), chosen in drawn(asked, wanted).items()
        for row in chosen
    ]
    if not rows:
        raise UserError(f"{published.repository} {published.version} has no {', '.join(tasks)} in {wanted.split}")
    return Benchmark(wanted, published, pl.DataFrame(rows, schema=ITEMS), examples)


def drawn(rows: Rows, wanted: Definition) -> Rows:
    """Return the rows to ask, sorted by id: those in the most languages first, then drawn by the seed and the id."""
    languages = Counter(row["id"] for part in rows.values() for row in part)

    def place(row: Mapping[str, Any]) -> tuple[int, str]:
        return -languages[row["id"]], _lot(row["id"], wanted)

    chosen = {key: sorted(part, key=place)[: wanted.limit or None] for key, part in rows.items()}
    return {key: sorted(part, key=lambda row: row["id"]) for key, part in chosen.items()}


def lettered(row: Mapping[str, Any], texts: Prompts) -> dict[str, Any]:
    """Return a row of a closed task as a choice between letters; a row of mcqa is unchanged."""
    if row["task"] not in ANSWERS:
        return dict(row)
    answers = ANSWERS[row["task"]]
    options = [
        {"label": letter, "text": texts.answers[answer]} for letter, answer in zip(LETTERS, answers, strict=False)
    ]
    letter = LETTERS[answers.index(row["answer"])] if row["answer"] in answers else None
    return {**row, "task": "mcqa", "options": options, "answer": letter}


def delimiter(prompt: str) -> str:
    """Return the delimiter between a prompt and its answer: a space, or nothing after a full-width colon."""
    return "" if prompt.endswith("：") else " "


def check_tasks(wanted: Definition) -> list[str]:
    """Check a definition and return its tasks in the order of the schema.

    Raises:
        UserError: an unknown task, split, method or style; numbers below 0; examples from the split of the items;
            only long answers, by likelihood.
    """
    for name, value, known in (
        ("--method", wanted.method, get_args(Method)),
        ("--style", wanted.style, get_args(Style)),
        ("--split", wanted.split, SPLITS),
        *(("--tasks", task, TASKS) for task in wanted.tasks),
    ):
        if value not in known:
            raise unknown(name, value, known)
    if wanted.shots < 0 or wanted.limit < 0:
        raise UserError("--shots and --limit are 0 or more")
    if wanted.shots and wanted.split == EXAMPLES_FROM:
        raise UserError(f"the examples come from {EXAMPLES_FROM}: ask another --split, or without --shots")
    tasks = [task for task in TASKS if task in wanted.tasks and (wanted.method == "generation" or task != "lfqa")]
    if not tasks:
        raise UserError("long answers (lfqa) have no letter: ask them by --method generation")
    return tasks


def _rows(splits: Mapping[str, Any], split: str, task: str) -> list[dict[str, Any]]:
    if split not in splits:
        return []
    frame: pl.DataFrame = splits[split].select_columns(list(READ)).with_format("polars")[:]
    return frame.filter(pl.col("task") == task).to_dicts()


def _lot(name: str, wanted: Definition) -> str:
    return sha256_text(f"{wanted.seed} {name}")


def _examples(rows: Iterable[dict[str, Any]], texts: Prompts, wanted: Definition) -> list[str]:
    """Return example prompts with their answers, drawn by the seed and the id: the same items in every language."""
    drawn = sorted(rows, key=lambda row: _lot(row["id"], wanted))[: wanted.shots]
    if wanted.method == "likelihood":
        drawn = [lettered(row, texts) for row in drawn]
    asked = [(texts.prompt(row), texts.answer(row)) for row in drawn]
    return [prompt + delimiter(prompt) + answer for prompt, answer in asked]


def _item(
    row: dict[str, Any], language: str, texts: Prompts, examples: Sequence[str], method: Method
) -> dict[str, Any]:
    task = row["task"]
    options = row["options"] or []
    choices = list(ANSWERS.get(task, ())) or [option["label"] for option in options]
    asked = lettered(row, texts) if method == "likelihood" else row
    says = [texts.answers[choice] for choice in choices] if asked["task"] in ANSWERS else choices
    if asked is not row:
        says = [option["label"] for option in asked["options"] or []]
    prompt = "\n\n".join([*examples, texts.prompt(asked)])
    return {
        **{name: row[name] for name in ("id", "source", "task", "specialty", "answer")},
        "language": language,
        "prompt": prompt,
        "delimiter": delimiter(prompt),
        "prompt_sha256": sha256_text(prompt),
        "choices": choices or None,
        "says": says or None,
        "texts": [option["text"] for option in options] or None,
        "reference": row["long_answer"],
    }
