"""What the database itself refuses, whatever asks for it."""

import sqlite3
from pathlib import Path

import pytest

from globmed.hub.errors import HubError
from globmed.hub.storage.store import Store


@pytest.mark.parametrize("kind", ["heads", "tags"])
def test_a_reference_goes_with_its_repository_unless_it_is_a_tag(tmp_path: Path, kind: str) -> None:
    store = Store(tmp_path / "hub.sqlite")
    with store.writing() as writer:
        made = writer.create_repository("dataset", "globmed/One", private=False, sdk=None)
        commit = writer.add_revision(made, [], {}, "first", "", "globmed")
        writer.set_reference(made, kind, "v0.1.0", commit)
    if kind == "tags":
        with pytest.raises(sqlite3.IntegrityError, match="a tag never moves"), store.writing() as writer:
            writer.delete_repository(made)
    else:
        with store.writing() as writer:
            writer.delete_repository(made)
    with store.reading() as reader:
        assert (reader.repository("dataset", "globmed/One") is None) == (kind == "heads")


def test_what_is_no_revision_is_not_found(tmp_path: Path) -> None:
    store = Store(tmp_path / "hub.sqlite")
    with store.writing() as writer:
        made = writer.create_repository("dataset", "globmed/One", private=False, sdk=None)
        commit = writer.add_revision(made, [], {}, "first", "", "globmed")
        writer.set_reference(made, "heads", "main", commit)
    with store.reading() as reader:
        assert reader.branch(made, "HEAD") == ("heads", "main", commit)
        assert {reader.resolve(made, name) for name in ("main", commit, commit[:7])} == {commit}
        for find, name in (
            *((reader.branch, name) for name in ("nothing", "refs/pr/1", commit)),
            *((reader.resolve, name) for name in ("nothing", "refs/pr/1", commit[:6], f"{commit[:-1]}g")),
        ):
            with pytest.raises(HubError, match="Invalid rev id") as caught:
                find(made, name)
            assert (caught.value.status, caught.value.code) == (404, "RevisionNotFound")
