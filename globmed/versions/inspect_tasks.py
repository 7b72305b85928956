"""GlobMed-Bench as tasks of inspect-ai: ``inspect eval globmed/mcqa -T version=0.1.0 -T language=swahili``.

Inspect names a task after the package of its function, so they are here; the extra ``bench`` has what they ask.
"""

from importlib.metadata import entry_points
from typing import Any

from inspect_ai import Task, task

from globmed.prompts import Style
from globmed.storage.packages import make_importable
from globmed.versions import REPOSITORY

#: The group of the function that makes a task; `globmed` imports no recipes.
ENTRY_POINTS = "globmed.inspect_tasks"


@task
def mcqa(version: str, language: str, repository: str = REPOSITORY, style: Style = "native", shots: int = 0) -> Task:
    """Return the multiple-choice questions of a version's test split in a language."""
    return _task("mcqa", version=version, language=language, repository=repository, style=style, shots=shots)


@task
def yesno(version: str, language: str, repository: str = REPOSITORY, style: Style = "native", shots: int = 0) -> Task:
    """Return the questions that are answered with yes, no or maybe."""
    return _task("yesno", version=version, language=language, repository=repository, style=style, shots=shots)


@task
def nli(version: str, language: str, repository: str = REPOSITORY, style: Style = "native", shots: int = 0) -> Task:
    """Return the pairs of texts of which one follows from the other, contradicts it or does neither."""
    return _task("nli", version=version, language=language, repository=repository, style=style, shots=shots)


@task
def lfqa(version: str, language: str, repository: str = REPOSITORY, style: Style = "native", shots: int = 0) -> Task:
    """Return the questions with long answers."""
    return _task("lfqa", version=version, language=language, repository=repository, style=style, shots=shots)


def _task(name: str, **settings: Any) -> Task:
    make_importable()
    (maker,) = entry_points(group=ENTRY_POINTS)
    made: Task = maker.load()(name, **settings)
    return made
