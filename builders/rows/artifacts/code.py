"""The code that an artifact depends on: modules, those that they import, and the files that these read."""

import ast
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp

from globmed.storage.packages import HOME, ROOT, file_of
from globmed.storage.plugins import DATA, code_of_plugins
from globmed.storage.queries import QUERIES

PACKAGES = ("builders", "cards", "globmed", "validation")
#: A module that imports this one discovers its modules at run time.
FINDER = "globmed.storage.modules"
#: A package that other distributions add to, and the group of their entry points.
EXTENDED = {"builders.sources": "globmed.sources"}


@cache
def code_of(*modules: str) -> tuple[Path, ...]:
    """Return the files that the work of some modules depends on, in an order that is the same wherever they are.

    These are the modules and what they import, directly or not, within the project (imports for type checkers alone
    are left out); every module below a package that is named, or that finds its modules by itself; the data files in
    the folders of all these; the queries of ``sql/`` that they name; and, last, what other packages add to them.
    """
    graph = _imports()
    finding = graph.find_modules_that_directly_import(FINDER)
    found: set[str] = set()
    more = set(modules)
    while more:
        named = {each for module in more for each in ({module} | graph.find_descendants(module))}
        found |= named | {upstream for module in named for upstream in graph.find_upstream_modules(module)}
        more = {package for package in finding & found if not graph.find_descendants(package) <= found}
    files = {file_of(module) for module in found}
    data = {path for folder in {file.parent for file in files} for path in _data_below(folder)}
    queries = {path for file in files for path in _queries(file)}
    own = sorted(files | data | queries, key=_place)
    return (*own, *(file for package in EXTENDED if package in found for file in code_of_plugins(EXTENDED[package])))


def commit_of(files: Iterable[Path]) -> str | None:
    """Return the commit that last changed the project's files among some; None without Git, or if one has changes."""
    paths = [str(_place(file)) for file in files if file.is_relative_to(HOME)]
    try:
        changed = _git("status", "--porcelain", "--", *paths)
        return None if changed else _git("log", "-1", "--format=%H", "--", *paths) or None
    except (OSError, subprocess.CalledProcessError):
        return None


def _place(file: Path) -> Path:
    """Return the path of a file in a checkout, wherever it is installed."""
    return file.relative_to(ROOT if file.is_relative_to(ROOT) else HOME)


@cache
def _imports() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)


def _data_below(folder: Path) -> Iterator[Path]:
    """Yield the data files of a folder, and of its subfolders that are not packages."""
    for path in folder.iterdir():
        if path.suffix in DATA:
            yield path
        elif path.is_dir() and not (path / "__init__.py").is_file():
            yield from _data_below(path)


@cache
def _queries(file: Path) -> tuple[Path, ...]:
    """Return the queries that a module names: by a string, or a whole folder by ``QUERIES / "folder"``."""
    text = file.read_bytes()
    # Parsing is slow, and few modules read queries.
    if b"QUERIES" not in text and not any(name.encode() in text for name in _known()):
        return ()
    named: list[Path] = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(name)) if name in _known():
                named.append(_known()[name])
            case ast.BinOp(left=ast.Name(id="QUERIES"), op=ast.Div(), right=ast.Constant(value=str(name))):
                named += (QUERIES / name).rglob("*.sql")
    return tuple(named)


@cache
def _known() -> Mapping[str, Path]:
    return {path.relative_to(QUERIES).with_suffix("").as_posix(): path for path in QUERIES.rglob("*.sql")}


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return done.stdout.strip()
