"""Stock clients in processes of their own, each with a fresh cache: they load a commit back and say what differs.

A client is a module that is run with ``python -m``, imports itself, reads one JSON request from standard input and
answers with a list that has a line for every difference.
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

#: Processes that wait to be told what to load.
Clients = tuple[subprocess.Popen[str], ...]
NOTHING: Mapping[str, str] = {}


@contextmanager
def waiting_clients(
    repository: HubRepository, module: str, count: int = 1, environment: Mapping[str, str] = NOTHING
) -> Iterator[Clients]:
    """Clients that import themselves while something else is done; they end with the block."""
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
    """Give each client its request, and wait for all of them.

    Raises:
        UserError: the first difference, or what a client that did not answer failed with.
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
