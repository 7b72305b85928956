"""Which code a stage depends on: what its work imports and reads, and nothing else."""

import shutil
import subprocess
from pathlib import Path

import pytest

from builders.rows.artifacts.code import code_of, commit_of
from tests.conftest import SAMPLE
from tests.support.copied import run_in
from tests.support.programs import ROOT

#: The module of each stage's work, with files that it depends on and files that it does not.
STAGES = {
    "builders.sources": (
        [
            "builders/sources/exams/medqa.py",
            "globmed/schema.py",
            "builders/sources/audit/errata.py",
            "sql/audit/keys.sql",
        ],
        ["builders/translate", "validation/signals", "sql/rows", "sql/validate"],
    ),
    "builders.rows.leaks": (["sql/rows/first_items.sql", "validation/facts/near_duplicates.py"], ["sql/diff"]),
    "builders.translate.segments": (["sql/rows/segment_keys.sql"], ["builders/sources", "validation"]),
    "builders.translate.sentences.split_segments": (["builders/translate/sentences/punkt.json"], ["validation"]),
    "builders.translate.translations": (["validation/signals/numbers/lexicon/zulu.toml"], ["builders/sources"]),
    "builders.rows.assemble": (
        [
            "sql/rows/assemble.sql",
            "globmed/languages/languages.toml",
            *(
                f"validation/signals/text/{file}"
                for file in ("lexicon/negation.toml", "markup.py", "copying.py", "__init__.py")
            ),
        ],
        ["builders/sources", "sql/validate", "builders/translate/machine"],
    ),
}
#: What no row depends on.
NEVER = ("builders/commands", "builders/release", "builders/review", "cards", "bench_recipes", "train_recipes", "tests")


@pytest.mark.parametrize("module", STAGES)
def test_a_stage_depends_on_what_its_work_imports_and_reads(module: str) -> None:
    found = {path.relative_to(ROOT).as_posix() for path in code_of(module)}
    wanted, unwanted = STAGES[module]
    assert found.issuperset(wanted)
    assert [path for path in found if path.startswith((*unwanted, *NEVER))] == []


def test_all_stages_together_depend_on_no_page_card_or_recipe() -> None:
    found = [path.relative_to(ROOT).as_posix() for path in code_of("builders.rows.stages", "builders.sources")]
    assert [path for path in found if path.startswith(NEVER)] == []


def test_the_commit_is_the_last_that_changed_a_file() -> None:
    files = code_of("globmed.versions.numbers")
    changed = _git("status", "--porcelain", "--", *map(str, files))
    assert commit_of(files) == (None if changed else _git("log", "-1", "--format=%H", "--", *map(str, files)))


@pytest.mark.slow
def test_only_a_change_in_code_that_rows_depend_on_makes_stages_run_again(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    ignored = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache", "tests")
    shutil.copytree(ROOT, checkout, ignore=ignored)
    _build(checkout)
    before = _made(checkout)
    for path in ("builders/review/serve/style.css", "cards/words/statements.toml", "bench_recipes/models.toml"):
        _append(checkout / path, "\n")
    for path in ("builders/review/plan.py", "cards/dataset.py", "bench_recipes/tasks.py", "builders/release/plan.py"):
        _append(checkout / path, "\n# A comment.\n")
    _build(checkout)
    assert _made(checkout) == before
    _append(checkout / "builders/sources/sample.py", "\n# A comment.\n")
    _build(checkout)
    # The parser runs again; its items are the same bytes, so nothing after them does.
    assert {name for name, when in _made(checkout).items() if when != before[name]} == {"items"}


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _build(checkout: Path) -> None:
    command: list[str | Path] = ["-m", "globmed", "build", "--sources", SAMPLE.parent, "--memory", SAMPLE / "tmx"]
    run_in(checkout, *command, "--languages", "english,swahili", "--out", "out")


def _made(checkout: Path) -> dict[str, int]:
    """When each stage's artifact was made, by name."""
    stamps = sorted((checkout / "out").rglob(".stages/*.sha256"))
    return {path.name.removesuffix(".sha256"): path.stat().st_mtime_ns for path in stamps}


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
