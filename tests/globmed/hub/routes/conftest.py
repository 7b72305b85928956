"""A server with several users, for what one of them may see of another's."""

from collections.abc import Callable, Iterator

import pytest
from huggingface_hub import HfApi

from globmed.hub.process import RunningHub, running

#: An administrator, one whom a grant lets into everything of `clinic`, and one without a role in it.
USERS = {"boss": "", "nurse": "read:clinic", "guest": "write:guest"}
As = Callable[[str], HfApi]


@pytest.fixture(scope="session")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("ward")
    tokens = folder / "tokens"
    tokens.touch(mode=0o600)
    tokens.write_text("".join(f"{name} {_token(name)} {grant}\n" for name, grant in USERS.items()))
    with running(folder / "hub", token_file=tokens) as hub:
        yield hub


@pytest.fixture(scope="session")
def client(ward: RunningHub) -> As:
    """Returns the client of a user; of nobody, if there is none of that name."""
    return lambda name: HfApi(endpoint=ward.url, token=_token(name) if name in USERS else False)


def _token(name: str) -> str:
    return f"hf_{name:_<20}"
