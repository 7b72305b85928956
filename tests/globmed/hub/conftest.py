"""One server for the tests of this folder, and a client with a token."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from globmed.hub.process import RunningHub, running

NewRepository = Callable[..., str]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's storage."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[RunningHub]:
    with running(folder) as hub:
        yield hub


@pytest.fixture(scope="session")
def api(server: RunningHub) -> HfApi:
    return HfApi(endpoint=server.url, token=server.token)


@pytest.fixture(scope="session")
def anonymous(server: RunningHub) -> HfApi:
    return HfApi(endpoint=server.url, token=False)


@pytest.fixture(scope="session")
def new_repository(api: HfApi) -> NewRepository:
    """Makes an empty repository and returns its name."""
    numbers = itertools.count()

    def make(repo_type: str = "dataset", *, private: bool = False) -> str:
        name = f"globmed/repository-{next(numbers)}"
        api.create_repo(name, repo_type=repo_type, private=private)
        return name

    return make
