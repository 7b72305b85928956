"""An environment that has the wheel and the packages that it declares, as pip would install them, and nothing else."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from typing import Any
from venv import EnvBuilder

from packaging.requirements import Requirement


def build_wheel(project: Path, folder: Path) -> Path:
    """Build the wheel of a project, as pip does, into a folder; return the file."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def install(wheel: Path, extras: Iterable[str], root: Path) -> Path:
    """Return the Python of a new environment in ``root``.

    The wheel is unpacked, which is all that installing one in pure Python is; the packages that it declares, and what
    these declare, are linked from where the tests run, so that no network is asked.
    """
    EnvBuilder(symlinks=True).create(root)
    python = root / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    packages = unpack(wheel, python)
    (described,) = packages.glob("globmed-*.dist-info")
    for each in declared(PathDistribution(described), frozenset(extras)):
        for entry in {Path(file).parts[0] for file in each.files or () if ".." not in Path(file).parts}:
            if not (packages / entry).exists():
                (packages / entry).symlink_to(Path(str(each.locate_file(entry))))
    return python


def unpack(wheel: Path, python: Path) -> Path:
    """Put a wheel into an environment, without what it requires; return the folder of its packages."""
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.check_output([python, "-c", asked], text=True).strip())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    return packages


def run(python: Path, code: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run code in that environment, away from the checkout and from the user's Hub settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "PYTHON"))}
    command = [str(python), "-c", code, *arguments]
    home = python.parents[1]
    return subprocess.run(command, env=kept | environment, cwd=home, capture_output=True, text=True, check=False)


def declared(package: Distribution, extras: frozenset[str]) -> Iterator[Distribution]:
    """Give the packages that one needs with its extras, and what these need in turn, each once."""
    found: set[tuple[str, frozenset[str]]] = set()
    waiting: list[tuple[Distribution, frozenset[str]]] = [(package, extras)]
    while waiting:
        needing, wanted = waiting.pop()
        for line in needing.requires or ():
            requirement = Requirement(line)
            named = (requirement.name, frozenset(requirement.extras))
            if named in found or not _applies(requirement, wanted):
                continue
            found.add(named)
            needed = needing if requirement.name == needing.name else distribution(requirement.name)
            waiting.append((needed, named[1]))
            if needed is not needing:
                yield needed


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    environments: list[dict[str, Any]] = [{"extra": extra} for extra in ("", *extras)]
    return requirement.marker is None or any(requirement.marker.evaluate(each) for each in environments)
