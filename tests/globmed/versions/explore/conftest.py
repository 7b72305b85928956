"""A Hub with a made-up version, and the page over it in both forms: served by the command, and static."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from globmed.hub.process import running
from globmed.versions.client import HubAccess
from tests.globmed.versions.explore.made import publish

REPOSITORY = "clinic/explored"


@dataclass(frozen=True)
class Explored:
    """A Hub with version 1.0.0 of `REPOSITORY`, and the variables of commands that use it."""

    access: HubAccess
    commit: str
    environment: dict[str, str]

    @property
    def repository(self) -> str:
        return f"{self.access.endpoint}/datasets/{REPOSITORY}"

    def command(self, *arguments: str | Path) -> list[str]:
        place = ["--version", "1.0.0", "--repository", REPOSITORY, "--hub", self.access.endpoint]
        return [sys.executable, "-m", "globmed", "explore", *place, *map(str, arguments)]


@pytest.fixture(scope="session")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explored]:
    with running(tmp_path_factory.mktemp("explored-hub")) as hub:
        access = HubAccess(hub.url, hub.token)
        commit = publish(tmp_path_factory.mktemp("explored"), REPOSITORY, access)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        home = str(tmp_path_factory.mktemp("hf-home"))
        yield Explored(access, commit, inherited | {"HF_HOME": home, "COLUMNS": "200"})


@pytest.fixture(scope="session")
def served(explored: Explored) -> Iterator[str]:
    """The page as the command serves it."""
    with subprocess.Popen(
        explored.command("--port", "0"), env=explored.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line.rpartition(" at ")[2].partition(";")[0] + "/"
        process.terminate()


@pytest.fixture(scope="session")
def static(explored: Explored, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page as any web server has it; it reads the rows from the Hub."""
    out = tmp_path_factory.mktemp("space") / "page"
    subprocess.run(explored.command("--out", out), env=explored.environment, check=True, stdout=subprocess.DEVNULL)
    with serving(out) as address:
        yield address


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder as a plain web server does, and yield its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
