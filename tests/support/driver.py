"""Our commands, one after another, in a process whose environment is the test's: clients read it when imported.

``python -m tests.support.driver`` reads a request a line from stdin, and answers each in a line: see `Driver`.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builders.sources import SOURCES
from builders.sources.places import Place
from globmed.cli.main import main
from globmed.errors import UserError

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """What a command wrote, and its exit code."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """What it printed as JSON."""
        assert self.code == 0, self.stderr
        return json.loads(self.stdout)


class Driver:
    """Runs commands in the other process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def __call__(self, *arguments: str | Path) -> Done:
        """Run ``globmed`` with arguments."""
        return self._ask([str(argument) for argument in arguments])

    def fetch(self, source: str, place: Place, out: Path, *, mirror: bool = False, update: bool = False) -> Done:
        """Fetch a source from another place than its descriptor's, or (``update``) look for newer revisions there."""
        options = {"mirror": mirror, "update": update}
        return self._ask({"source": source, "place": asdict(place), "out": str(out), **options})

    def _ask(self, request: object) -> Done:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return Done(**json.loads(self.process.stdout.readline()))


@contextlib.contextmanager
def driver(folder: Path, environment: Mapping[str, str]) -> Iterator[Driver]:
    """Start the process in a folder, with nobody's Hub settings but those given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    more = {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.driver"],
        cwd=folder,
        env={**inherited, **more, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Driver(process)
        assert process.stdin is not None
        process.stdin.close()


def run(request: Any) -> dict[str, object]:
    """Answer one request in this process."""
    out, errors, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            if isinstance(request, dict):
                fetch_from(**request)
            else:
                sys.argv = ["globmed", *request]
                main()
        except UserError as error:
            errors.write(str(error))
            code = 2
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return {"code": code, "stdout": out.getvalue(), "stderr": errors.getvalue()}


def fetch_from(source: str, place: dict[str, Any], out: str, *, mirror: bool, update: bool) -> None:
    """Fetch a source from a place, with a lock file beside the folder, and print what became of it."""
    from builders.fetch.fetch import Wish, fetch
    from builders.fetch.newer import newer
    from builders.fetch.target import Target

    listed: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in place.items()}
    target = Target(SOURCES[source].folder, Place(**listed), (SOURCES[source],))
    wish = Wish(Path(out), Path(out).parent / "lock.toml", mirror)
    told: list[int] = []
    if update:
        (found,) = newer([target], wish, lambda _name, _size: told.append)
        changes = [asdict(change) for change in found.changes]
        newest = found.there and found.there.revision
        print(json.dumps({"newest": newest, "files": dict(found.files), "changes": changes, "note": found.note}))
        return
    (status,) = fetch([target], wish, lambda _name, _size: told.append)
    revision = status.listing.revision if status.listing else None
    print(json.dumps({"state": status.state, "revision": revision, "note": status.note, "bytes": sum(told)}))


if __name__ == "__main__":
    answers = sys.stdout
    for line in sys.stdin:
        answers.write(json.dumps(run(json.loads(line))) + "\n")
        answers.flush()
