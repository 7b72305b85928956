"""The records of a comparison of evaluation runs by ``globmed bench report``: ``report.json`` and ``results.json``.

The ``report.json`` of a build is another one, see `globmed.records.build`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from globmed.records.record import Record

REPORT, RESULTS = "report.json", "results.json"


@dataclass(frozen=True)
class ComparedVersion(Record):
    """The version of the dataset that all runs were asked: its number and commit."""

    repository: str
    version: str
    commit: str


@dataclass(frozen=True)
class Pins(Record):
    """The inputs, packages and seed of a comparison: everything needed to reproduce it.

    Attributes:
        dataset: the version that was asked.
        items: by task.
        answers: the number of answers compared.
        statistics: level, alpha, resamples and seed.
        packages: their versions.
        signatures: the name and signature of every score of long answers.
        runs: a row per run.
    """

    dataset: ComparedVersion
    languages: Sequence[str]
    items: Mapping[str, int]
    answers: int
    statistics: Mapping[str, Any]
    packages: Mapping[str, str]
    signatures: Sequence[Sequence[str]]
    runs: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Summary(Record):
    """The findings: a sentence each, and the runs with accuracy and rank, best first."""

    title: str
    summary: Sequence[str]
    ranking: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Lead(Record):
    """The title, and the task and scope that the results lead with."""

    title: str
    lead: Mapping[str, str]


@dataclass(frozen=True)
class ComparisonReport(Pins, Summary):
    """``report.json``: the findings of a comparison, then its pins."""


@dataclass(frozen=True)
class ResultsRecord(Pins, Lead):
    """``results.json`` of a dataset of results: its lead, then its pins."""
