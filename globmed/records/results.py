"""The rows of an evaluation run: ``results.parquet``, one row per item, with every prompt, answer, parse and score.

Any figure of a report can be recomputed from it. The record of the run is beside it, see `globmed.records.evaluation`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

import polars as pl
import pyarrow.parquet as pq

from globmed.errors import UserError
from globmed.metrics import LONG_ANSWERS

RESULTS = "results.parquet"

#: The method of obtaining an answer: likelihood of the letters, or strict extraction from generated text.
Method = Literal["likelihood", "generation"]
#: Outcomes without an answer: counted separately, and never as "wrong". `truncated`: the token limit came before an
#: answer; `empty`: no text, or only thoughts; `malformed`: the server sent something other than an answer; `error`: it
#: sent an error, or nothing. The next start of a run retries the last two. `no_likelihood`: the likelihood of a choice
#: is NaN or infinite.
Aside = Literal[
    "refusal",
    "filtered",
    "other_language",
    "unparsed",
    "truncated",
    "empty",
    "malformed",
    "error",
    "no_likelihood",
]
ASIDE: tuple[str, ...] = get_args(Aside)
#: The outcomes of an item: an answer, a long answer with its scores, or neither.
Outcome = Literal["correct", "wrong", "scored", Aside]

_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    # The model: its name in models.toml, the served id and the exact revision, null behind an API without one.
    "model": pl.String,
    "served": pl.String,
    "revision": pl.String,
    # The dataset: repository, version and commit (40 hex digits).
    "repository": pl.String,
    "version": pl.String,
    "commit": pl.String,
    # The item: config name of the language, id (the same in every language), source, task and specialty; versions and
    # results from before there were specialties have none.
    "language": pl.String,
    "id": pl.String,
    "source": pl.String,
    "task": pl.String,
    "specialty": pl.String,
    # The settings: method, language of the instruction (native, english), number of examples.
    "method": pl.String,
    "style": pl.String,
    "shots": pl.Int32,
    "prompt": pl.String,
    "prompt_sha256": pl.String,
    # The choices (labels in the row's order), the key, the answer's text and the answer parsed from it.
    "choices": pl.List(pl.String),
    "answer": pl.String,
    "raw": pl.String,
    "parsed": pl.String,
    "outcome": pl.String,
    # Natural-log likelihood of each choice; null under generation.
    "log_likelihoods": pl.List(pl.Float64),
    # Long answers: every metric of them, each from 0 to its maximum, and the judge's name and revision.
    "scores": pl.Struct({metric.name: pl.Float64 for metric in LONG_ANSWERS}),
    "judge": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
}
SCHEMA = pl.Schema(_COLUMNS)


def check_columns(file: Path, names: Iterable[str]) -> None:
    """Check that a file of results has some of the columns.

    Raises:
        UserError: not a Parquet file, or a missing column.
    """
    try:
        present = pq.read_schema(file).names
    except (OSError, ValueError) as error:
        raise UserError(f"{file}: not a Parquet file ({error}); run `globmed bench run` again") from error
    if missing := [name for name in names if name not in present]:
        raise UserError(
            f"{file}: no column {', '.join(missing)}; expected those of globmed/records/results.py: "
            "run `globmed bench run` again"
        )
