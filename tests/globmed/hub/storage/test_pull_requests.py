"""What a merge makes of two sides, and what it refuses to put together."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from globmed.hub.errors import HubError
from globmed.hub.storage.pull_requests import change_comment, comment, events, merge, open_discussion, set_status
from globmed.hub.storage.store import Repository, Store, Writer
from globmed.hub.storage.trees import Entry
from tests.globmed.hub.storage.test_trees import contents, entry

#: The content of every path that changes; 0 removes it.
Changed = Mapping[str, int]
#: Main's files, the commits of a pull request, what main changes meanwhile, and what the merge makes of it.
MERGED: Mapping[str, tuple[Changed, Sequence[Changed], Changed, Changed]] = {
    "every commit of it": ({"a": 1}, [{"b": 2}, {"c": 3}], {"d": 4}, {"a": 1, "b": 2, "c": 3, "d": 4}),
    "the same change twice": ({"a": 1}, [{"a": 2}], {"a": 2}, {"a": 2}),
    "a removal": ({"a": 1, "b": 1}, [{"a": 0}], {"b": 2}, {"b": 2}),
    "a file in place of a folder": ({"a/b": 1}, [{"a/b": 0, "a": 2}], {"c": 3}, {"a": 2, "c": 3}),
    "a folder in place of a file": ({"a": 1}, [{"a": 0, "a/b": 2}], {"c": 3}, {"a/b": 2, "c": 3}),
}
#: The same, and the paths that conflict.
CONFLICTS: Mapping[str, tuple[Changed, Sequence[Changed], Changed, str]] = {
    "two changes": ({"a": 1}, [{"a": 2}], {"a": 3}, "a"),
    "a change and a removal": ({"a": 1}, [{"a": 2}], {"a": 0}, "a"),
    "a file where a folder was added": ({"c": 1}, [{"a": 2}], {"a/b": 3}, "a"),
    "a file where a folder has more than was removed": ({"a/b": 1}, [{"a/b": 0, "a": 2}], {"a/c": 3}, "a"),
    "a folder where a file was added": ({"c": 1}, [{"a/b": 2}], {"a": 3}, "a/b"),
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "hub.sqlite")


def commit(writer: Writer, made_in: Repository, kind: str, name: str, changed: Changed) -> None:
    changes: dict[str, Entry | None] = {path: entry(path, size) if size else None for path, size in changed.items()}
    parents = [found] if (found := writer.references(made_in, kind).get(name)) else []
    made = writer.add_revision(made_in, parents, changes, "t", "", "her", f"{kind}/{name}")
    writer.set_reference(made_in, kind, name, made)


def merged(store: Store, before: Changed, theirs: Sequence[Changed], ours: Changed) -> dict[str, int]:
    with store.writing() as writer:
        made_in = writer.create_repository("dataset", "globmed/one", private=False, sdk=None)
        commit(writer, made_in, "heads", "main", before)
        number = open_discussion(writer, made_in, "her", "title", "", pull_request=True)
        for changed in theirs:
            commit(writer, made_in, "pr", str(number), changed)
        commit(writer, made_in, "heads", "main", ours)
        set_status(writer, made_in, number, "her", "open")
        return contents(writer, merge(writer, made_in, number, "her"))


@pytest.mark.parametrize("case", MERGED)
def test_both_sides_are_merged(store: Store, case: str) -> None:
    before, theirs, ours, expected = MERGED[case]
    assert merged(store, before, theirs, ours) == expected


@pytest.mark.parametrize("case", CONFLICTS)
def test_what_cannot_be_both_is_a_conflict(store: Store, case: str) -> None:
    before, theirs, ours, path = CONFLICTS[case]
    with pytest.raises(HubError, match=f"Merge conflict in {path}$") as caught:
        merged(store, before, theirs, ours)
    assert caught.value.status == 409


def test_a_comment_is_edited_and_hidden_for_good(store: Store) -> None:
    with store.writing() as writer:
        made_in = writer.create_repository("dataset", "globmed/one", private=False, sdk=None)
        number = open_discussion(writer, made_in, "her", "title", "first words", pull_request=False)
        (event,) = (each["id"] for each in events(writer, made_in, number))
        for text in ("other words", None):
            told = change_comment(writer, comment(writer, made_in, number, event), text)
            found = comment(writer, made_in, number, event)
            assert found == told
        assert (found["data"]["edited"], found["data"]["hidden"]) == (True, True)
        assert found["data"]["latest"]["raw"] == "other words"
