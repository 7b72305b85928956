"""What an evaluation run leaves: one Parquet file, a row an item, and the record of the run beside it.

A run is one model on one published version. `RESULTS` holds every prompt, answer, parse and score, so that any
figure of a report can be computed again from it; `RUN` says what was asked of which model.
"""

from typing import Literal, get_args

import polars as pl

from globmed.metrics import LONG_ANSWERS

RESULTS = "results.parquet"
RUN = "run.json"

#: How an answer was taken: the likelihood of the letters, or strict extraction from generated text.
Method = Literal["likelihood", "generation"]
#: What became of an item without an answer: counted apart, and never "wrong". `truncated`: the token limit came before
#: an answer; `empty`: nothing was said, or thoughts alone; `malformed`: the server sent something else than an answer;
#: `error`: it answered with an error, or not at all. The next start of a run asks the last two again.
#: `no_likelihood`: the likelihood of a choice is NaN or infinite.
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
#: What became of an item: an answer, a long answer with its scores, or neither.
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
    # The item: config name of the language, id (the same in every language), source and task.
    "language": pl.String,
    "id": pl.String,
    "source": pl.String,
    "task": pl.String,
    # How it was asked: method, language of the instruction (native, english), number of examples.
    "method": pl.String,
    "style": pl.String,
    "shots": pl.Int32,
    "prompt": pl.String,
    "prompt_sha256": pl.String,
    # What was possible (labels in the row's order), the key, what was said and what was read out of it.
    "choices": pl.List(pl.String),
    "answer": pl.String,
    "raw": pl.String,
    "parsed": pl.String,
    "outcome": pl.String,
    # Natural-log likelihood of each choice; null under generation.
    "log_likelihoods": pl.List(pl.Float64),
    # Long answers: every metric of them, each from 0 to the most that it can be, and the judge's name and revision.
    "scores": pl.Struct({metric.name: pl.Float64 for metric in LONG_ANSWERS}),
    "judge": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
}
SCHEMA = pl.Schema(_COLUMNS)
