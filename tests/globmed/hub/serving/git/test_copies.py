"""Copies for git: when there is none, and what becomes of one that is damaged."""

import shutil
from pathlib import Path

import pytest

from globmed.hub.errors import HubError
from globmed.hub.operating.gc import collect
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


@pytest.mark.skipif(shutil.which("git") is None, reason="no git: `apt install git`")
def test_a_copy_that_was_left_half_written_is_finished_and_one_that_is_damaged_is_written_anew(
    tmp_path: Path, store: Store
) -> None:
    with store.writing() as writer:
        repository = writer.create_repository("dataset", "somebody/things", private=False, sdk=None)
        first = writer.add_revision(repository, [], {}, "first", "", "her", "heads/main")
        writer.set_reference(repository, "heads", "main", first)
    copies = Copies(tmp_path, store)
    copy = copies.copy(repository)
    head = (copy / "refs" / "heads" / "main").read_text()
    (copy / "state").unlink()
    (copy / "HEAD").write_text("ref: refs/heads/master\n")
    assert copies.copy(repository) == copy
    assert (copy / "HEAD").read_text() == "ref: refs/heads/main\n"
    (copy / "state").unlink()
    (copy / "marks").write_text(f":9 {'1' * 40}\n")
    with pytest.raises(RuntimeError):
        copies.copy(repository)
    assert (copies.copy(repository) / "refs" / "heads" / "main").read_text() == head


def test_freeing_space_removes_the_copies(tmp_path: Path, store: Store) -> None:
    (tmp_path / "git" / "1").mkdir(parents=True)
    assert collect(tmp_path, dry_run=True).contents == 0
    assert (tmp_path / "git").exists()
    collect(tmp_path)
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
