"""The tables of a model's card."""

from collections.abc import Mapping

from markupsafe import Markup

from cards.runs import Evaluation, Score, Training
from cards.tasks import TASK_NAMES
from globmed.render.markdown import code, table


def mix(training: Training) -> Markup:
    """Return the rows of every language in the mix."""
    rows = [
        (
            code(part.language.name),
            "reviewed" if part.reviewed else "unreviewed",
            f"{part.share:.1%}",
            f"{part.repeats:.2f}",
            part.rows,
            part.dropped,
            part.drawn,
        )
        for part in training.parts
    ]
    header = ["language", "instructions", "share", "each row drawn", "rows of train", "left out", "rows drawn"]
    return table(header, rows, numbers_from=2)


def settings(settings: Mapping[str, object]) -> Markup:
    """Return the settings of the last run."""
    return table(["setting", "value"], [(code(name), code(_text(value))) for name, value in settings.items()])


def packages(packages: Mapping[str, str]) -> Markup:
    """Return the package versions of the last run."""
    return table(["package", "version"], [(code(name), code(version)) for name, version in packages.items()])


def scores(evaluation: Evaluation) -> Markup:
    """Return the score of every language and task, with its interval."""
    rows = [
        (
            TASK_NAMES[score.task],
            code(score.language.name),
            score.metric,
            _number(score, score.value),
            f"{_number(score, score.low)} to {_number(score, score.high)}",
            "–" if score.chance is None else _number(score, score.chance),
            score.items,
            score.unanswered,
        )
        for score in evaluation.scores
    ]
    header = ["task", "language", "measure", "value", "95 % interval", "guessing", "items", "not answered"]
    return table(header, rows, numbers_from=3)


def _number(score: Score, value: float) -> str:
    return f"{value:.1%}" if score.metric == "accuracy" else f"{value:.3f}"


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
