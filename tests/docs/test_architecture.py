"""The documents say what the tree and the command line are."""

import ast
import re
import subprocess
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import PurePosixPath

import grimp

from globmed.cli.reference import reference
from tests.support.programs import ROOT

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


#: Files and folders that a folder shows at most, so that it is taken in at a glance; Python's own names aside.
ENTRIES = 12


def test_no_folder_is_a_corridor() -> None:
    command = ["git", "ls-files"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    below: dict[str, set[str]] = defaultdict(set)
    for file in map(PurePosixPath, listed.split()):
        for path in (file, *file.parents[:-1]):
            if path.name not in {"__init__.py", "__main__.py", "py.typed"}:
                below[path.parent.as_posix()].add(path.name)
    top = below.pop(".")
    assert top.issuperset(PACKAGES)
    assert {folder: len(names) for folder, names in below.items() if len(names) > ENTRIES} == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imported).prepare()


def test_every_path_that_the_architecture_names_is_there() -> None:
    named = re.findall(r"`([a-z_]+/[a-z_/.]*)`", ARCHITECTURE.read_text("utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_reference_of_commands_is_what_the_help_says() -> None:
    stands = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert stands == reference(), "docs/commands.md is stale: run `make docs`"
