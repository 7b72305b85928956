"""The site of the documents: each is a page, every link leads somewhere, and nothing is loaded from elsewhere."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.programs import ROOT

CONFIG = ROOT / "mkdocs.yml"
#: Documents that are for programs, or for whoever reads the folder itself.
NOT_PAGES = {"bench_recipes/ask/judge.md", "globmed/versions/explore/page/vendor/README.md"}
#: What a browser loads by itself.
LOADED = re.compile(r'<(?:script|img|iframe|source)[^>]*\ssrc="([^"]*)"|<link[^>]*rel="stylesheet"[^>]*href="([^"]*)"')


def build(root: Path, out: Path) -> "subprocess.CompletedProcess[str]":
    pytest.importorskip("material", reason="`make .venv/dev` installs mkdocs-material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def pages() -> list[str]:
    """Return the paths in the navigation."""
    return re.findall(r"[\w/]+\.md", yaml.safe_dump(yaml.safe_load(CONFIG.read_text("utf-8"))["nav"], width=1000))


def test_every_document_is_a_page() -> None:
    listed = subprocess.check_output(["git", "ls-files", "*.md"], cwd=ROOT, text=True)  # noqa: S607
    documents = {path for path in listed.split() if not path.startswith("tests/")} - NOT_PAGES
    assert sorted(pages()) == sorted(documents)


def test_the_site_has_every_page_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    done = build(ROOT, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    made = [path for path in (tmp_path / "site").rglob("*.html") if path.name != "404.html"]
    assert len(made) == len(pages())
    loaded = {address for path in made for pair in LOADED.findall(path.read_text("utf-8")) for address in pair}
    assert loaded
    assert [address for address in loaded if "//" in address] == []
    assert "globmed pipeline init" in (tmp_path / "site" / "docs" / "commands" / "index.html").read_text("utf-8")


def test_a_link_that_leads_nowhere_stops_it(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "docs", copy / "docs")
    for path in ("mkdocs.yml", *pages()):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy / path)
    with (copy / "README.md").open("a", encoding="utf-8") as file:
        file.write("\n[nowhere](docs/nowhere.md)\n")
    done = build(copy, tmp_path / "site")
    assert (done.returncode, "docs/nowhere.md" in done.stderr) == (1, True)
