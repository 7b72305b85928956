"""Folders of earlier servers open with all that was in them."""

import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from globmed.errors import UserError
from globmed.hub.storage.pull_requests import discussion
from globmed.hub.storage.store import Store

LAYOUT_1 = Path(__file__).with_name("layout_1.sql")
COLUMNS = """SELECT tables.name, columns.name, columns.type, "notnull", pk
FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table' ORDER BY 1, cid"""
LOST = "0" * 40
#: Commits of a folder of layout 1: their parents, one of them not in the folder, and the paths and contents of their
#: trees.
COMMITS: Mapping[str, tuple[str | None, Mapping[str, str]]] = {
    "1" * 40: (None, {"a": "1", "b": "1"}),
    "2" * 40: ("1" * 40, {"a": "2", "b": "1", "c/d": "2"}),
    "3" * 40: ("1" * 40, {"a": "1", "b": "3"}),
    "4" * 40: ("2" * 40, {"b": "3", "c/d": "2"}),
    "5" * 40: ("3" * 40, {"b": "3", "e": "5"}),
    "6" * 40: (LOST, {"b": "6"}),
}
REFERENCES = (("heads", "main", "4" * 40), ("tags", "v1", "2" * 40), ("pr", "1", "5" * 40), ("heads", "new", "6" * 40))


def folder_of_layout_1(path: Path) -> Path:
    """Write a database as servers of layout 1 did; `a` and the like are changed where their content is another."""
    with closing(sqlite3.connect(path)) as old:
        old.executescript(f"{LAYOUT_1.read_text('utf-8')} PRAGMA user_version = 1; PRAGMA journal_mode = WAL;")
        old.execute("INSERT INTO repository VALUES (7, 'dataset', 'somebody/things', 0, NULL, 'then')")
        old.execute("INSERT INTO redirect VALUES ('dataset', 'somebody/old', 7)")
        changed: dict[tuple[str, str], str] = {}
        for commit, (parent, tree) in COMMITS.items():
            old.execute(
                "INSERT INTO revision VALUES (?, 7, ?, NULL, ?, '', 'her', 'then')", (commit, parent, commit[:1])
            )
            before = COMMITS.get(parent or "", (None, {}))[1]
            for name, content in tree.items():
                same = parent is not None and before.get(name) == content
                changed[commit, name] = changed[parent or "", name] if same else commit
                old.execute(
                    "INSERT INTO entry VALUES (?, ?, ?, 1, ?, 0, ?)",
                    (commit, name, content * 64, content * 40, changed[commit, name]),
                )
        old.executemany("INSERT INTO reference VALUES (7, ?, ?, ?)", REFERENCES)
        old.execute("INSERT INTO discussion VALUES (7, 1, 'Change', 'open', 'her', 1, 'then', NULL)")
        for event in ("z", "a"):
            old.execute("INSERT INTO event VALUES (?, 7, 1, 'comment', 'her', 'then', '{}')", (event,))
        old.commit()
    return path


def test_a_folder_of_the_first_layout_keeps_every_commit_reference_and_discussion(tmp_path: Path) -> None:
    store = Store(folder_of_layout_1(tmp_path / "hub.sqlite"))
    with store.reading() as reader:
        repository = reader.repository("dataset", "somebody/old")
        assert repository is not None
        assert repository.name == "somebody/things"
        for commit, (parent, tree) in COMMITS.items():
            files = reader.files(commit)
            assert {path: entry.sha256[0] for path, entry in files.under().items()} == tree
            assert all(files.get(path) == entry for path, entry in files.under().items())
            assert (reader.revision(commit).parent, reader.revision(commit).title) == (parent, commit[:1])
        assert reader.files("4" * 40).get("a") is None
        last = {path: entry.changed for path, entry in reader.files("4" * 40).under().items()}
        assert {path: reader.revision_numbered(number).id[0] for path, number in last.items()} == {"b": "4", "c/d": "2"}
        for kind, name, commit in REFERENCES:
            assert reader.references(repository, kind)[name] == commit
        events = reader.connection.execute("SELECT id FROM event ORDER BY rowid").fetchall()
        assert events == [("z",), ("a",)]
    with store.writing() as writer:
        made = writer.add_revision(repository, ["4" * 40], {"f": None, "b": None}, "later", "", "her", "heads/main")
        assert set(writer.files(made).under()) == {"c/d"}
        assert len(writer.files(made).lines) == len(writer.files("4" * 40).lines), "main goes on, on its own line"
    assert [path.name for path in tmp_path.glob("*.partial")] == []


def test_only_the_owner_reads_the_database(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    folder_of_layout_1(tmp_path / "old" / "hub.sqlite").chmod(0o644)
    for path in (tmp_path / "old" / "hub.sqlite", tmp_path / "hub.sqlite"):
        Store(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_text("these are no pages of a database\n" * 100)
    with pytest.raises(UserError, match="cannot be read as the Hub's database"):
        Store(tmp_path / "hub.sqlite")


def test_a_folder_of_the_second_layout_gets_what_the_third_added(tmp_path: Path) -> None:
    Store(tmp_path / "new.sqlite")
    Store(tmp_path / "old.sqlite")
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as old:
        old.executescript(
            "ALTER TABLE repository DROP COLUMN gated; ALTER TABLE discussion DROP COLUMN base; "
            "DROP TABLE access_request; DROP TABLE liked; DROP TABLE collection_item; DROP TABLE collection; "
            "INSERT INTO repository VALUES (7, 'dataset', 'somebody/things', 0, NULL, 'then'); "
            "INSERT INTO discussion VALUES (7, 1, 'Change', 'open', 'her', 1, 'then', NULL); PRAGMA user_version = 2"
        )
    with Store(tmp_path / "old.sqlite").reading() as reader:
        repository = reader.repository("dataset", "somebody/things")
        assert repository is not None
        assert repository.gated is None
        assert discussion(reader, repository, 1).base == "main"
        with closing(sqlite3.connect(tmp_path / "new.sqlite")) as new:
            expected = new.execute(COLUMNS).fetchall()
        assert reader.connection.execute(COLUMNS).fetchall() == expected
