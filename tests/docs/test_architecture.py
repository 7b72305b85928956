"""The documents say what the tree and the command line are."""

import ast
import re

from globmed.cli.reference import reference
from tests.conftest import ROOT

PACKAGES = ("bench_recipes", "benchmarks", "builders", "cards", "globmed", "train_recipes", "validation")
ARCHITECTURE = ROOT / "docs" / "architecture.md"


def test_every_package_stands_in_the_architecture_as_its_docstring_has_it() -> None:
    listed = dict(re.findall(r"^- `([a-z_/]+)/`: (.+)$", ARCHITECTURE.read_text("utf-8"), re.MULTILINE))
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")]
    said = {
        path.parent.relative_to(ROOT).as_posix(): (ast.get_docstring(ast.parse(path.read_bytes())) or "").split("\n")[0]
        for path in files
    }
    assert listed == said


def test_every_path_that_the_architecture_names_is_there() -> None:
    named = re.findall(r"`([a-z_]+/[a-z_/.]*)`", ARCHITECTURE.read_text("utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_reference_of_commands_is_what_the_help_says() -> None:
    stands = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert stands == reference(), "docs/commands.md is stale: run `make docs`"
