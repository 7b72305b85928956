"""The wheel: what is installed from it imports and loads a version, with the packages that it declares alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from builders.release.hub.repository import HubAccess
from tests.conftest import DemoRelease
from tests.support.installed import install, run
from tests.support.programs import ROOT

#: The parts of `globmed` that need an extra; the others have to do without.
EXTRAS = {
    "globmed.hub": "hub",
    "globmed.render": "render",
    "globmed.languages.identify": "text",
    "globmed.languages.tags": "text",
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
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("globmed-*.whl")
    return made


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


def test_every_module_imports_with_the_extras_of_its_part(wheel: Path, tmp_path: Path) -> None:
    assert failing(install(wheel, set(EXTRAS.values()), tmp_path)) == {}


def test_without_extras_only_their_parts_are_missing(plain: Path) -> None:
    missing = failing(plain)
    assert {extra for part, extra in EXTRAS.items() if any(name.startswith(part) for name in missing)} == set(
        EXTRAS.values()
    )
    assert not [name for name in missing if not name.startswith(tuple(EXTRAS))]


def test_a_version_loads_from_the_wheel_alone(
    plain: Path, demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    done = run(plain, LOAD, **demo_hub.environment(tmp_path))
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert rows["train"] > 0
    assert rows["test"] > 0


def test_a_command_without_its_extra_is_one_line(plain: Path, tmp_path: Path) -> None:
    done = run(plain, COMMAND, "hub", "serve", "--root", str(tmp_path / "hub"))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "pip install 'globmed[hub]'" in line


def test_the_languages_are_listed_from_the_wheel_alone(plain: Path) -> None:
    done = run(plain, COMMAND, "languages")
    assert done.returncode == 0, done.stderr
    assert "swahili" in done.stdout
