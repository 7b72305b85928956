"""Export the tasks for users of lm-evaluation-harness (https://github.com/EleutherAI/lm-evaluation-harness).

The export is a folder of YAML files, one per language and task, from the same definition as `globmed bench run`: pinned
to the commit, with the same prompts byte for byte, without a dependency on this project. Tasks are tagged, not grouped:
the harness's standard errors of a group would treat parallel items as independent.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from bench_recipes.tasks import EXAMPLES_FROM, LETTERS, Definition, check_tasks, delimiter
from globmed.languages import select
from globmed.prompts import PARTS, Prompts, prompts
from globmed.schema import ANSWERS
from globmed.storage.folders import check_replaceable, replaced_folder
from globmed.versions.published import Published, resolve

FUNCTIONS = "globmed_rows.py"
YAML = "*.yaml"
#: The separator of a prompt's parts.
BREAK = "\n\n"
LABELS = "options | map(attribute='label')"
_ROWS = '''"""Rows of one task, and examples in the order in which GlobMed-Bench draws them."""

import hashlib

SEED = {seed}


def _drawn(row):
    return hashlib.sha256(f"{{SEED}} {{row['id']}}".encode()).hexdigest()


def _rows(task, rows):
    return rows.filter(lambda row: row["task"] == task)


def _examples(task, rows):
    kept = _rows(task, rows)
    names = [_drawn(row) for row in kept.select_columns(["id"])]
    return kept.select(sorted(range(len(names)), key=names.__getitem__))
'''
_TASK = """

def {task}(rows):
    return _rows("{task}", rows)


def {task}_examples(rows):
    return _examples("{task}", rows)
"""


class _Function(str):
    """The name of a function in `FUNCTIONS`, written with a tag in the harness's YAML."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(_Function, lambda dumper, name: dumper.represent_scalar("!function", str(name)))


def write_tasks(wanted: Definition, folder: Path, endpoint: str | None = None, token: str | None = None) -> list[str]:
    """Write the tasks of a definition into a folder, which must be new or hold such tasks; return their names.

    Raises:
        UserError: as `published.resolve`; an unknown language, task, split or style; a folder with other files.
    """
    tasks = check_tasks(replace(wanted, method="likelihood"))
    check_replaceable(folder, FUNCTIONS, YAML)
    published = resolve(wanted.version, wanted.repository, endpoint, token)
    written = {FUNCTIONS: _ROWS.format(seed=wanted.seed) + "".join(_TASK.format(task=task) for task in tasks)}
    for entry in select(wanted.languages or published.configs):
        for task in tasks:
            made = _task(entry.name, task, wanted, published)
            written[f"{made['task']}.yaml"] = yaml.dump(
                made, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**16
            )
    with replaced_folder(folder, FUNCTIONS, YAML) as temporary:
        for name, text in written.items():
            (temporary / name).write_text(text, "utf-8")
    return [name.removesuffix(".yaml") for name in written if name != FUNCTIONS]


def _task(name: str, task: str, wanted: Definition, published: Published) -> dict[str, Any]:
    texts = prompts(name, wanted.style)
    ending = "" if wanted.style == "native" else f"_{wanted.style}"
    answers = ANSWERS.get(task)
    letters = list(LETTERS[: len(answers)]) if answers else f"{{{{ {LABELS} | list }}}}"
    key = json.dumps(list(answers)) if answers else f"({LABELS} | list)"
    return {
        "task": f"globmed_{name}_{task}{ending}",
        "tag": ["globmed", f"globmed_{name}", f"globmed_{task}"],
        "dataset_path": published.repository,
        "dataset_name": name,
        "dataset_kwargs": {"revision": published.commit},
        "test_split": wanted.split,
        "fewshot_split": EXAMPLES_FROM,
        "fewshot_config": {"sampler": "first_n", "process_docs": _function(f"{task}_examples")},
        "num_fewshot": wanted.shots,
        "process_docs": _function(task),
        "output_type": "multiple_choice",
        "doc_to_text": _template(task, texts),
        "doc_to_choice": letters,
        "doc_to_target": f"{{{{ {key}.index(answer) }}}}",
        "target_delimiter": delimiter(texts.parts["answer"]),
        "fewshot_delimiter": BREAK,
        "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
        "metadata": {"version": str(published.version), "reviewed_prompts": texts.reviewed},
    }


def _function(name: str) -> _Function:
    return _Function(f"{FUNCTIONS.removesuffix('.py')}.{name}")


def _template(task: str, texts: Prompts) -> str:
    """Return `globmed.prompts.Prompts.prompt` as Jinja; closed tasks have lettered answers, as in `tasks.lettered`."""
    answers = ANSWERS.get(task)
    letters = _quoted(", ".join(LETTERS[: len(answers)])) if answers else f"{LABELS} | join(', ')"
    if answers:
        lines = [f"{letter}. {texts.answers[answer]}" for letter, answer in zip(LETTERS, answers, strict=False)]
        listed = _shown(_quoted(BREAK + "\n".join(lines)))
    else:
        line_break = "{% if not loop.first %}" + _shown(_quoted("\n")) + "{% endif %}"
        option = _shown("option.label ~ '. ' ~ option.text")
        listed = _shown(_quoted(BREAK)) + "{% for option in options %}" + line_break + option + "{% endfor %}"
    parts = [
        f"{{% if {part} %}}{_shown(_quoted(BREAK) + ' ~ ' + _filled(texts.parts[part], {part: part}))}{{% endif %}}"
        for part in PARTS
    ]
    instruction = _shown(_filled(texts.instructions["mcqa"], {"letters": f"({letters})"}))
    return "".join([instruction, *parts, listed, _shown(_quoted(BREAK + texts.parts["answer"]))])


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with placeholders as one Jinja expression."""
    pieces = []
    for literal, placeholder, _, _ in Formatter().parse(text):
        pieces += [_quoted(literal)] if literal else []
        pieces += [values[placeholder]] if placeholder else []
    return " ~ ".join(pieces)


def _quoted(text: str) -> str:
    """Return a Jinja string literal, whose escapes are those of Python."""
    return json.dumps(text, ensure_ascii=False)


def _shown(expression: str) -> str:
    return f"{{{{ {expression} }}}}"
