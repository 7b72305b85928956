"""Folders whose names a library may take for a pattern, an escape, a query or a variable."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.release.candidate import Plan
from builders.release.release import release
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.rows.export import export_memory
from globmed.hub.process import running
from globmed.languages import language, select
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.conftest import SAMPLE
from tests.support.clients import run_client

pytestmark = pytest.mark.slow

ODD = "GlobMed [v1] 50%20 #2 $HOME ?* {a,b} é"
#: `datasets` itself reads more into a path, such as variables; of this it reads the brackets.
ODD_CACHE = "cache [v1] 50%20 #2 ?* é"
LOAD = """
import json, globmed
print(json.dumps({split: len(rows) for split, rows in globmed.load("swahili", version="0.1.0").items()}))
"""


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return tmp_path / ODD


@pytest.fixture
def hub(odd: Path) -> Iterator[HubAccess]:
    with running(odd / "hub") as server:
        yield HubAccess(server.url, server.token)


def test_a_version_is_built_judged_released_and_loaded(odd: Path, hub: HubAccess, tmp_path: Path) -> None:
    sources = odd / "sources"
    shutil.copytree(SAMPLE, sources / "sample")
    built = BuildFolder(odd / "build")
    coverage = build(sources, [sources / "sample" / "tmx"], select(["english", "swahili"]), built.root)
    released = release(Plan(Version(0, 1, 0), REPOSITORY, private=False), built, hub)
    assert released.commit
    assert export_memory(built, language("swahili"), odd / "sw.tmx").translated
    loaded = run_client(hub, tmp_path / ODD_CACHE, LOAD)
    assert sum(loaded.values()) == coverage.filter(config="swahili")["rows"].sum() > 0
