"""Stock clients in separate processes, each with a fresh cache, that load a commit back and report differences.

A client is a module that is run with ``python -m``, imports what it needs, reads one JSON request from standard input
and answers with a list of one line per difference.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from builders.release.hub.repository import HubRepository
from globmed.cli.child import read_answer
from globmed.errors import UserError

#: Processes that wait for a request.
Clients = tuple[subprocess.Popen[str], ...]
NOTHING: Mapping[str, str] = {}


@contextmanager
def waiting_clients(
    repository: HubRepository, module: str, count: int = 1, environment: Mapping[str, str] = NOTHING
) -> Iterator[Clients]:
    """Start clients that import their libraries while other work is done; they stop with the block."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(_client(repository, module, environment)) for _ in range(count))


@contextmanager
def _client(repository: HubRepository, module: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    with tempfile.TemporaryDirectory(prefix="globmed-readback-") as cache:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        with subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-m", module],
            env=inherited | repository.access.environment(Path(cache)) | dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as client:
            try:
                yield client
            finally:
                client.kill()


def ask(repository: HubRepository, commit: str, clients: Clients, requests: Sequence[Mapping[str, object]]) -> None:
    """Send each client its request, and wait for all answers.

    Raises:
        UserError: the first difference, or the error of a client that did not answer.
    """
    with ThreadPoolExecutor(len(clients)) as pool:
        texts = map(json.dumps, requests)
        said = list(pool.map(lambda client, request: client.communicate(request), clients, texts))
    for client, (found, errors) in zip(clients, said, strict=True):
        for reason in _differences(client, found, errors):
            raise UserError(f"{repository.name} at {commit}: {reason}; nothing was tagged and main is as it was")


def _differences(client: subprocess.Popen[str], said: str, errors: str) -> list[str]:
    try:
        found: list[str] = read_answer(client, said, errors)
    except ChildProcessError as error:
        return [f"it was not loaded back: {error}"]
    return found
