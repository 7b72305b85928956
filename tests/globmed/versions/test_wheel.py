"""The wheel: what is installed from it imports and loads a version, with the packages that it declares alone."""

import ast
import json
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import PathDistribution, packages_distributions
from pathlib import Path

import pytest

from builders.rows.artifacts.folder import BuildFolder
from globmed.versions.client import HubAccess
from tests.conftest import SAMPLE, SAMPLED, DemoRelease
from tests.support.installed import build_wheel, declared, install, run
from tests.support.programs import ROOT

#: The extras that a package of the wheel may import from, besides what the wheel itself requires.
EXTRAS = {
    "globmed": ("pipeline", "models", "bench"),
    "builders": ("pipeline", "translate", "cluster", "train"),
    "validation": ("pipeline", "translate"),
    "cards": ("pipeline",),
    "train_recipes": ("train",),
    "bench_recipes": ("bench",),
}
IMPORT = """
import json, pkgutil, sys
from importlib import import_module
import globmed
failed = {}
for module in pkgutil.walk_packages(globmed.__path__, "globmed."):
    if module.name.endswith("__main__"):
        continue
    try:
        import_module(module.name)
    except ModuleNotFoundError as error:
        failed[module.name] = error.name
print(json.dumps([globmed.__file__, failed]))
"""
LOAD = """
import json, globmed
rows = globmed.load("swahili", "0.1.0")
print(json.dumps({split: len(each) for split, each in rows.items()}))
"""
COMMAND = "import sys; from globmed.cli.main import main; sys.exit(main())"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel alone."""
    return install(wheel, (), tmp_path_factory.mktemp("plain"))


def failing(python: Path) -> dict[str, str]:
    """Return the modules that do not import, with the package that each lacks."""
    done = run(python, IMPORT)
    assert done.returncode == 0, done.stderr
    file, failed = json.loads(done.stdout)
    assert Path(file).is_relative_to(python.parents[1]), "the checkout was imported"
    return dict(failed)


def test_every_module_imports_but_those_that_plot_or_serve_inspect(plain: Path) -> None:
    missing = failing(plain)
    assert missing.pop("globmed.versions.inspect_tasks", "inspect_ai") == "inspect_ai"
    assert set(missing.values()) <= {"matplotlib"}
    assert all(name.startswith("globmed.render") for name in missing)


def imported(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give the modules that the files of a folder import, at the top or in functions, but for type checkers alone."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            match node:
                case ast.Import():
                    yield from ((path, each.name.partition(".")[0]) for each in node.names)
                case ast.ImportFrom(module=str(name), level=0):
                    yield path, name.partition(".")[0]


@pytest.mark.parametrize("package", EXTRAS)
def test_every_import_is_of_a_declared_dependency(plain: Path, package: str) -> None:
    (described,) = plain.parents[1].rglob("globmed-*.dist-info")
    allowed = {each.name.lower() for each in declared(PathDistribution(described), frozenset(EXTRAS[package]))}
    known = packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT)}: {module}"
        for path, module in imported(ROOT / package)
        if module not in sys.stdlib_module_names
        and module not in EXTRAS
        and not {name.lower() for name in known.get(module, [])} & allowed
    }
    assert undeclared == set()


def test_the_wheel_has_one_top_level_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"globmed"}
    assert wheel.stat().st_size < 2_000_000


def test_a_version_loads_from_the_wheel_alone(
    plain: Path, demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    done = run(plain, LOAD, **demo_hub.environment(tmp_path))
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert rows["train"] > 0
    assert rows["test"] > 0


def test_a_command_without_its_extra_is_one_line(plain: Path, tmp_path: Path) -> None:
    done = run(plain, COMMAND, "build", "--sources", str(SAMPLE.parent), "--out", str(tmp_path / "build"))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "pip install 'globmed[pipeline]'" in line


@pytest.mark.parametrize("command", ["versions", "verify 0.1.0", "diff 0.1.0 0.1.0"])
def test_a_consumers_commands_need_the_wheel_alone(
    plain: Path, demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path, command: str
) -> None:
    done = run(plain, COMMAND, *command.split(), **demo_hub.environment(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "0.1.0" in done.stdout


def test_pairs_are_scored_by_the_wheel_alone(plain: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("source\ttarget\nGive 5 mg.\tToa 50 mg.\n", "utf-8")
    files = ["--pairs", str(pairs), "--out", str(tmp_path / "scored.parquet")]
    done = run(plain, COMMAND, "signals", *files, "--from", "en", "--to", "sw")
    assert done.returncode == 0, done.stderr
    assert "1 critical" in done.stdout


def test_what_changes_the_project_itself_needs_a_checkout(wheel: Path, plain: Path, tmp_path: Path) -> None:
    done = run(install(wheel, ("pipeline",), tmp_path), COMMAND, "language", "add", "ha")
    assert done.returncode == 2
    assert (
        done.stderr
        == "error: globmed language add changes the project's own files: run it in a checkout of the project\n"
    )


@pytest.mark.slow
def test_the_pipeline_installed_builds_the_bytes_of_a_checkout(
    wheel: Path, demo_build: BuildFolder, tmp_path: Path
) -> None:
    python = install(wheel, ("pipeline",), tmp_path / "environment")
    built = tmp_path / "build"
    sample = ["--sources", str(SAMPLE.parent), "--memory", str(SAMPLE / "tmx")]
    done = run(python, COMMAND, "build", *sample, "--out", str(built))
    assert done.returncode == 0, done.stderr
    files = [each.relative_to(built) for each in built.rglob("*.parquet")]
    assert len(files) > len(SAMPLED)
    assert [each for each in files if (built / each).read_bytes() != (demo_build.root / each).read_bytes()] == []


def test_the_languages_are_listed_from_the_wheel_alone(plain: Path) -> None:
    done = run(plain, COMMAND, "languages")
    assert done.returncode == 0, done.stderr
    assert "swahili" in done.stdout
