"""A commit is its changes; every tree is what the changes so far make it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from globmed.hub.storage.store import Repository, Store, Writer
from globmed.hub.storage.trees import MAX_LINES, Entry

PATHS = st.sampled_from(["a", "a.b", "a/b", "a/b/c", "a0", "b", "ẹ/c"])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("trees") / "hub.sqlite")


def entry(path: str, content: int) -> Entry:
    return Entry(path, f"{content:064}", content, f"{content:040}", lfs=False)


def repository(store: Store) -> Repository:
    with store.writing() as writer:
        known = writer.repository("dataset", "globmed/trees")
        return known or writer.create_repository("dataset", "globmed/trees", private=False, sdk=None)


def contents(writer: Writer, commit: str, folder: str = "") -> dict[str, int]:
    return {path: each.size for path, each in writer.files(commit).under(folder).items()}


def listed(tree: dict[str, int], folder: str) -> list[tuple[str, bool, int, int]]:
    """Return what a folder shows of a tree: name, whether it is a file, files and bytes in it."""
    below = {path.removeprefix(folder): size for path, size in tree.items() if path.startswith(folder)}
    shown: dict[tuple[bool, str], list[int]] = {}
    for path, size in below.items():
        name, slash, _ = path.partition("/")
        shown.setdefault((not slash, name), []).append(size)
    return [(name, is_file, len(sizes), sum(sizes)) for (is_file, name), sizes in sorted(shown.items())]


Step = tuple[int, str, dict[str, int]]
STEP = st.tuples(
    st.integers(0, 9), st.sampled_from(["heads/main", "heads/b", "pr/1", ""]), st.dictionaries(PATHS, st.integers(0, 3))
)


@settings(max_examples=60)
@given(st.lists(STEP, min_size=1, max_size=12))
def test_every_commit_has_the_tree_that_was_committed(
    store: Store, steps: list[tuple[int, str, dict[str, int]]]
) -> None:
    """Content 0 is a removal; a step starts at any commit before it, on any branch, or (first) at none."""
    made_in = repository(store)
    with store.writing() as writer:
        made: list[str] = []
        trees: list[dict[str, int]] = []
        for start, owner, changes in steps:
            parents = [made[start % len(made)]] if made else []
            changed = {path: entry(path, content) if content else None for path, content in changes.items()}
            made.append(writer.add_revision(made_in, parents, changed, "t", "", "her", owner))
            before = trees[start % len(trees)] if trees else {}
            trees.append({path: content for path, content in (before | changes).items() if content})
        for commit, tree in zip(made, trees, strict=True):
            files = writer.files(commit)
            assert contents(writer, commit) == tree
            ending = sorted(path for path in tree if path.endswith("/c"))
            assert [each.path for each in files.ending("/c", 2)] == ending[:2]
            assert [each.name for each in files.listing("", 1, 2)] == [name for name, *_ in listed(tree, "")[1:3]]
            for path in ("a", "a/b", "ẹ", "b"):
                inside = {known: content for known, content in tree.items() if known.startswith(path + "/")}
                assert contents(writer, commit, path) == inside
                shown = [(each.name, each.is_file, each.files, each.size) for each in files.listing(path, 0, 99)]
                assert shown == listed(tree, f"{path}/")
                assert files.has_folder(path) == bool(inside)
                assert (found.size if (found := files.get(path)) else None) == tree.get(path)


def test_branches_of_branches_do_not_make_reading_slower_and_slower(tmp_path: Path) -> None:
    store = Store(tmp_path / "hub.sqlite")
    made_in = repository(store)
    with store.writing() as writer:
        commit = writer.add_revision(made_in, [], {"first": entry("first", 1)}, "t", "", "her")
        for number in range(3 * MAX_LINES):
            changed = {f"{number}": entry(f"{number}", number + 1)}
            commit = writer.add_revision(made_in, [commit], changed, "t", "", "her", f"heads/{number}")
        assert len(writer.files(commit).lines) <= MAX_LINES
        assert len(writer.files(commit).under()) == 1 + 3 * MAX_LINES


def test_a_commit_costs_its_changes_and_not_the_tree(tmp_path: Path) -> None:
    """Rows are counted, not seconds: a busy machine may take any time."""
    store = Store(tmp_path / "hub.sqlite")
    made_in = repository(store)
    with store.writing() as writer:
        tree = {f"data/{number:05}": entry(f"data/{number:05}", number) for number in range(5_000)}
        head = writer.add_revision(made_in, [], tree, "t", "", "her", "heads/main")

    def size() -> tuple[int, int]:
        with store.reading() as reader:
            (rows,) = reader.connection.execute("SELECT count(*) FROM entry").fetchone()
            (pages,) = reader.connection.execute("PRAGMA page_count").fetchone()
            return int(rows), int(pages) * 4096

    (rows, size_before), steps = size(), 0

    def count() -> None:
        nonlocal steps
        steps += 1

    with store.writing() as writer:
        # Called after so many instructions of SQLite's machine: reading the tree would take hundreds of thousands.
        writer.connection.set_progress_handler(count, 1000)
        changed = {"data/00007": entry("data/00007", 9), "data/00008": None, "data/00009": tree["data/00009"]}
        head = writer.add_revision(made_in, [head], changed, "t", "", "her", "heads/main")
        writer.connection.set_progress_handler(None, 0)
        assert len(writer.files(head).under()) == 4_999
    assert size()[0] - rows == 2, "what is the same is not written"
    assert size()[1] - size_before < 20_000
    assert steps < 5
