"""``docs/plugin.md``: the page as it stands, from an empty environment to a version on a local Hub."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.installed import build_wheel, install, run, unpack
from tests.support.programs import ROOT

PAGE = (ROOT / "docs" / "plugin.md").read_text("utf-8")
FILES = re.compile(r"^\d\. `(?P<path>[^`]+)`:.*\n\n   ```\w+\n(?P<text>(?:(?:   .*)?\n)+?)   ```$", re.MULTILINE)
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = "import os, sys; os.chdir({!r}); from globmed.cli.main import main; sys.exit(main())"


def write_files(folder: Path) -> dict[str, str]:
    """Write the files of the page; return their texts by path."""
    texts = {match["path"]: re.sub("^   ", "", match["text"], flags=re.MULTILINE) for match in FILES.finditer(PAGE)}
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return texts


@pytest.mark.slow
def test_the_page_leads_from_pip_to_a_version(tmp_path: Path) -> None:
    texts = write_files(tmp_path)
    assert sum(len(text.splitlines()) for path, text in texts.items() if path.startswith("triage/")) <= 60
    (wheels := tmp_path / "wheels").mkdir()
    python = install(build_wheel(ROOT, wheels), ("pipeline",), tmp_path / "environment")
    (block,) = COMMANDS.findall(PAGE)
    first, *commands = [shlex.split(line) for line in block.splitlines()]
    assert first == ["pip", "install", "./triage"]
    unpack(build_wheel(tmp_path / "triage", tmp_path / "triage" / "dist"), python)
    said = {}
    for _, *words in commands:
        done = run(python, COMMAND.format(str(tmp_path)), *words, HF_HOME=str(tmp_path / "cache"))
        assert done.returncode == 0, (words, done.stderr)
        said[words[0]] = done.stdout
    rows = dict(re.findall(r"^(\w+): (\d+) rows$", said["load"], re.MULTILINE))
    assert sum(map(int, rows.values())) == len(texts["sources/triage/cards.jsonl"].splitlines())
    manifest = json.loads((tmp_path / "build" / "dataset" / "candidate" / "manifest.json").read_text("utf-8"))
    assert manifest["inputs"]["code"]["plugins"] == {"clinic-triage": "1.0"}
