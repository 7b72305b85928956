"""What a release would change, from the manifests alone: a manager decides by it."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from builders.release.plan import plan_release
from globmed.records.manifest import FileEntry, Manifest

FIRST = Manifest(
    version="0.1.0",
    configs={"english": {"train": 3, "test": 2}, "hausa": {"train": 3}},
    files={
        "README.md": FileEntry("a" * 64, 1_000_000),
        "data/english/train-1.parquet": FileEntry("b" * 64, 20_000_000, 3),
        "data/hausa/train-1.parquet": FileEntry("c" * 64, 300_000_000, 3),
    },
    repository="globmed/GlobMed",
)
SECOND = replace(
    FIRST,
    version="1.0.0",
    configs={"english": {"train": 3, "test": 1}, "zulu": {"train": 4}},
    files={
        "README.md": FileEntry("d" * 64, 1_000_000),
        "data/english/train-1.parquet": FIRST.files["data/english/train-1.parquet"],
        "data/zulu/train-1.parquet": FileEntry("e" * 64, 4_000_000_000, 4),
    },
    private=True,
)
WITHHELD = [("liveqa", ["en", "zu"], "what [none] allows is not known here")]


def test_files_and_rows_are_told_by_what_changes() -> None:
    assert plan_release(SECOND, FIRST, "major", WITHHELD).to_dict() == {
        "repository": "globmed/GlobMed",
        "private": True,
        "version": "1.0.0",
        "previous": "0.1.0",
        "level": "major",
        "files": {
            "new": ["data/zulu/train-1.parquet"],
            "changed": ["README.md"],
            "same": ["data/english/train-1.parquet"],
            "removed": ["data/hausa/train-1.parquet"],
        },
        "upload_bytes": 4_001_000_000,
        "rows": {
            "english": {"new": 4, "previous": 5},
            "hausa": {"new": 0, "previous": 3},
            "zulu": {"new": 4, "previous": 0},
        },
        "withheld": [{"source": "liveqa", "languages": ["en", "zu"], "reason": "what [none] allows is not known here"}],
    }


def test_of_the_first_version_every_file_is_new() -> None:
    plan = plan_release(FIRST, None, "none", [])
    assert (plan.previous, plan.to_dict()["previous"]) == (None, None)
    assert plan.files == {"new": list(FIRST.files), "changed": [], "same": [], "removed": []}
    assert plan.upload == 321_000_000


def test_people_read_where_it_goes_and_what_is_kept_back() -> None:
    shown = StringIO()
    console = Console(file=shown, width=100)
    plan_release(SECOND, FIRST, "major", WITHHELD).print(console)
    plan_release(FIRST, None, "none", []).print(console)
    second, first = shown.getvalue().split("Plan: ")[1:]
    assert second.startswith("1.0.0 to the private globmed/GlobMed: after 0.1.0, major change\n")
    assert "files: 1 new, 1 changed, 1 same, 1 removed; 4,001.0 MB to upload at most\n" in second
    assert "kept back: liveqa (en, zu): what [none] allows is not known here\n" in second
    assert first.startswith("0.1.0 to the public globmed/GlobMed: the first version\nfiles: 3 new; 321.0 MB")
    cells = [row.split("│")[1:4] for row in first.splitlines() if "english" in row]
    assert cells == [[" english  ", "    5 ", "        "]]
