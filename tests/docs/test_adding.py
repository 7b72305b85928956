"""``docs/adding.md``: every recipe, as written, in a copy of the checkout; then the real code runs, and their tests."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.copied import copy_checkout, insert, run_in
from tests.support.programs import ROOT

DOCUMENT = (ROOT / "docs" / "adding.md").read_text("utf-8")
STEP = re.compile(
    r"^\d\. `(?P<file>[^`]+)`, (?:new|before `(?P<before>[^`]+)`)[:.].*\n\n"
    r"   ```\w+\n(?P<text>(?:(?:   .*)?\n)+?)   ```$",
    re.MULTILINE,
)
#: Files beside the tests that one more of each takes.
TAKES = {
    "A source": 1,
    "A source in another language": 1,
    "A signal": 2,
    "A suite": 2,
    "A column": 2,
    "A metric": 1,
    "A release check": 1,
}
#: Descriptor, parser and test of a source that was born in another language.
LINES = 80
PLACES = {
    "source's items": ["no", "yes"],
    "source's rejects": ["unknown label"],
    "source's rows": [
        "sw A sprained finger after a game of handball: can it wait?",
        "sw Nobody can wake the child since breakfast: can it wait?",
    ],
    "native source's rows": [
        ["en", "human", "Is breastfeeding safe after a normal birth?", "yes", "TZ", 2026],
        ["sw", "original", "Je kunyonyesha ni salama baada ya kujifungua kwa kawaida?", "yes", "TZ", 2026],
    ],
    "native source's specialty": ["Obstetrics and Gynecology"],
    "source's card": True,
    "source's licence": True,
    "source's manifest": "1.0",
    "signal": [0.0, 1.0],
    "signal's reason": [False, True],
    "signal's card": True,
    "signal's meaning": ["- `capitals`: the text is in capitals"],
    "signal's croissant": True,
    "signal's plot": True,
    "suite holds": [True],
    "suite fires": [["swahili", "medmcqa/train/calm", "flagged for capitals, copy, language, length"]],
    "suite's report": [1],
    "suite's pages": True,
    "column": ["single", None, "multi", None],
    "column's card": ["| `choices` | string or null | single or multi, as the upstream says |"],
    "column's croissant": True,
    "column's diff": ["choices", "quality"],
    "signal's and column's rules": ["choices", "edited", "signal_range"],
    "metric's scores": 1.0,
    "metric's means": [0.25],
    "metric's report": ["Exact match, means by language. exact: made up"],
    "metric's model's card": ["exact", 1],
    "release": True,
    "release refused": "the candidate fails the release check held_out and is not released",
    "release check's copies": [[], ["swahili"]],
}


class Step(NamedTuple):
    """A step of a recipe; ``before`` names the place in a file that is there, None for a new one."""

    file: str
    before: str | None
    text: str


def recipes() -> dict[str, list[Step]]:
    """Return the steps of each section."""
    sections = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", DOCUMENT, re.MULTILINE))
    return {
        name: [
            Step(match["file"], match["before"], re.sub("^   ", "", match["text"], flags=re.MULTILINE))
            for match in STEP.finditer(section)
        ]
        for name, section in sections.items()
    }


def follow(step: Step, copy: Path) -> None:
    file = copy / step.file
    if step.before is None:
        assert not file.exists(), step.file
        file.write_text(step.text, "utf-8")
    else:
        (line,) = [line for line in file.read_text("utf-8").splitlines(keepends=True) if step.before in line]
        insert(file, line, step.text)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout after every recipe."""
    copied = copy_checkout(tmp_path_factory.mktemp("adding") / "checkout")
    for steps in recipes().values():
        for step in steps:
            follow(step, copied)
    return copied


def test_every_recipe_is_short_and_every_block_is_a_step() -> None:
    beside = {
        name: {step.file for step in steps if not step.file.startswith("tests/")} for name, steps in recipes().items()
    }
    assert {name: len(files) for name, files in beside.items()} == TAKES
    assert DOCUMENT.count("```\n") == sum(map(len, recipes().values()))


def test_a_native_source_is_short() -> None:
    assert sum(len(step.text.splitlines()) for step in recipes()["A source in another language"]) < LINES


def test_every_path_that_the_document_names_is_there(copy: Path) -> None:
    named = re.findall(r"`((?:\w+/)+[\w./]*)`", DOCUMENT)
    assert named
    assert [path for path in named if not (copy / path).exists()] == []


def test_the_code_is_as_the_linter_wants_it(copy: Path) -> None:
    files = [step.file for steps in recipes().values() for step in steps if step.file.endswith(".py")]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *files], cwd=copy, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_recipes_own_tests_pass(copy: Path) -> None:
    own = [step.file for steps in recipes().values() for step in steps if step.file.startswith("tests/")]
    assert f"{len(own) + 2} passed" in run_in(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *own)


@pytest.mark.slow
def test_every_place_knows_what_was_added_and_works(copy: Path, tmp_path: Path) -> None:
    assert json.loads(run_in(copy, "-m", "tests.docs.added", tmp_path)) == PLACES
