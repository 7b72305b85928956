"""The output of an evaluation run: one Parquet file with one row per item, and the record of the run beside it.

A run is one model on one published version. `RESULTS` has every prompt, answer, parse and score, so that any figure of
a report can be recomputed from it; `RUN` is the record of the run.
"""

from typing import Literal, get_args

import polars as pl

from globmed.metrics import LONG_ANSWERS

RESULTS = "results.parquet"
RUN = "run.json"

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
    # The item: config name of the language, id (the same in every language), source and task.
    "language": pl.String,
    "id": pl.String,
    "source": pl.String,
    "task": pl.String,
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
