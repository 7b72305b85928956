"""Clients that load back, and how they end."""

import pytest

from builders.release.hub.repository import open_repository
from builders.release.loading_back.processes import ask, waiting_clients
from globmed.errors import UserError
from globmed.versions.client import HubAccess
from tests.builders.release.loading_back.ending import WAYS

ENDING = "tests.builders.release.loading_back.ending"
COMMIT = "0" * 40


def asked(*requests: dict[str, object]) -> None:
    with (
        open_repository("globmed/GlobMed", HubAccess("http://127.0.0.1:9", None)) as repository,
        waiting_clients(repository, ENDING, len(requests)) as clients,
    ):
        ask(repository, COMMIT, clients, requests)


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_counts_however_the_client_ends_after_it(way: str) -> None:
    asked({"way": way, "differences": []})
    with pytest.raises(UserError, match=rf"^globmed/GlobMed at {COMMIT}: zulu/train differs; nothing was tagged"):
        asked({"way": "atexit", "differences": []}, {"way": way, "differences": ["zulu/train differs", "another"]})


def test_a_client_that_ends_before_its_answer_is_whole_is_an_error() -> None:
    with pytest.raises(UserError, match="was not loaded back: the process ended by SIGABRT before it had answered"):
        asked({"way": "atexit", "differences": []}, {"way": "before", "differences": []})


def test_a_client_that_cannot_start_is_an_error() -> None:
    with pytest.raises(UserError, match="with exit code 1 before it had answered: KeyError"):
        asked({"differences": []})
