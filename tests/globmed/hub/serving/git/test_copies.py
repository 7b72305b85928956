"""When there is no copy for git."""

from pathlib import Path

import pytest

from globmed.hub.errors import HubError
from globmed.hub.serving.git.copies import AT_ONCE, Copies
from globmed.hub.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "hub.sqlite")


def test_without_git_the_error_says_what_to_install(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.writing() as writer:
        repository = writer.create_repository("dataset", "somebody/things", private=False, sdk=None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(HubError, match="apt install git") as error:
        Copies(tmp_path, store).copy(repository)
    assert error.value.status == 501


def test_a_repository_that_is_gone_has_no_copy(tmp_path: Path, store: Store) -> None:
    with store.writing() as writer:
        gone = writer.create_repository("dataset", "somebody/things", private=False, sdk=None)
        writer.delete_repository(gone)
    with pytest.raises(HubError) as error:
        Copies(tmp_path, store).copy(gone)
    assert error.value.status == 404
    assert not (tmp_path / "git").exists()


def test_more_at_once_than_there_are_places_are_told_to_come_back(tmp_path: Path, store: Store) -> None:
    copies = Copies(tmp_path, store)
    turns = [copies.turn() for _ in range(AT_ONCE + 1)]
    for turn in turns[:-1]:
        turn.__enter__()
    with pytest.raises(HubError) as error:
        turns[-1].__enter__()
    assert error.value.status == 503
    turns[0].__exit__(None, None, None)
    with copies.turn():
        pass
