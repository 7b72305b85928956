"""Sources fetched with the real clients: pinned, proven, and put into their folders whole or not at all."""

import http.server
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from builders.fetch.lock import Entry, Known, read_lock, record
from builders.sources import SOURCES
from builders.sources.places import Place
from globmed.versions.client import HubAccess
from tests.builders.fetch.conftest import files_of, parquet, zipped
from tests.builders.sources.fixtures import FIXTURES, answers, parse
from tests.builders.sources.layouts.test_layouts import korean
from tests.support.driver import Driver, driver
from tests.support.strange_hub import StrangeHub, strange_hub

Publish = Callable[..., str]
TEXTS = {"data/ori_pqal.json": b"{}", "data/test_ground_truth.json": b"[1]"}


@pytest.fixture
def places(tmp_path: Path, publish: Publish, commit_git: Publish) -> Callable[[str], Place]:
    """A place of each kind with the same two files."""

    def make(kind: str) -> Place:
        patterns = ("data/*.json",)
        if kind == "hub":
            name = f"publisher/{tmp_path.name}"
            return Place("hub", name, publish(name, TEXTS), patterns, below="data/")
        repository = tmp_path / "repository"
        return Place("git", repository.as_uri(), commit_git(repository, TEXTS), patterns, below="data/")

    return make


@pytest.mark.parametrize("kind", ["hub", "git"])
def test_files_are_brought_once_recorded_and_found_again(
    kind: str, places: Callable[[str], Place], online: Driver, tmp_path: Path
) -> None:
    place, out = places(kind), tmp_path / "out"
    first = online.fetch("pubmedqa", place, out).json
    assert first == {"state": "fetched", "revision": place.revision, "note": "", "bytes": 5}
    assert sorted(path.name for path in (out / "pubmedqa").iterdir()) == [
        ".fetched.json",
        "ori_pqal.json",
        "test_ground_truth.json",
    ]
    entry = read_lock(tmp_path / "lock.toml")["pubmedqa"]
    assert (entry.address, entry.revision) == (place.address, place.revision)
    assert entry.files["data/ori_pqal.json"].sha256 == sha256(b"{}").hexdigest()
    assert online.fetch("pubmedqa", place, out).json["state"] == "here"
    assert online.fetch("pubmedqa", place, tmp_path / "elsewhere").json["state"] == "from the cache"


@pytest.mark.parametrize("kind", ["hub", "git"])
def test_another_revision_is_fetched_when_the_descriptor_pins_it(
    kind: str, places: Callable[[str], Place], publish: Publish, commit_git: Publish, online: Driver, tmp_path: Path
) -> None:
    place, out = places(kind), tmp_path / "out"
    online.fetch("pubmedqa", place, out)
    newer = {**TEXTS, "data/more.json": b"[2]"}
    commit = publish(place.address, newer) if kind == "hub" else commit_git(tmp_path / "repository", newer)
    assert online.fetch("pubmedqa", place, out).json["state"] == "here"
    assert online.fetch("pubmedqa", replace(place, revision=commit), out).json["state"] == "fetched"
    assert (out / "pubmedqa" / "more.json").is_file()
    assert read_lock(tmp_path / "lock.toml")["pubmedqa"].revision == commit


def test_a_place_without_a_pin_stays_at_the_revision_that_was_recorded(
    places: Callable[[str], Place], publish: Publish, online: Driver, tmp_path: Path
) -> None:
    place = replace(places("hub"), revision=None)
    first = online.fetch("pubmedqa", place, tmp_path / "out").json
    publish(place.address, {**TEXTS, "data/ori_pqal.json": b"[]"})
    again = online.fetch("pubmedqa", place, tmp_path / "elsewhere").json
    assert again["revision"] == first["revision"]
    assert (tmp_path / "elsewhere" / "pubmedqa" / "ori_pqal.json").read_bytes() == b"{}"


@pytest.mark.parametrize("kind", ["hub", "git"])
def test_a_file_that_differs_from_the_lock_stops_with_one_line(
    kind: str, places: Callable[[str], Place], online: Driver, tmp_path: Path
) -> None:
    place, lock = places(kind), tmp_path / "lock.toml"
    online.fetch("pubmedqa", place, tmp_path / "out")
    wrong = "0" * 64
    lock.write_text(lock.read_text("utf-8").replace(sha256(b"{}").hexdigest(), wrong, 1), "utf-8")
    done = online.fetch("pubmedqa", place, tmp_path / "elsewhere")
    assert done.code == 2
    assert "\n" not in done.stderr
    assert "data/ori_pqal.json" in done.stderr and wrong in done.stderr and sha256(b"{}").hexdigest() in done.stderr
    assert not (tmp_path / "elsewhere" / "pubmedqa").exists()
    # What lies in the folder is another than the lock has, and is not taken for it.
    assert online.fetch("pubmedqa", place, tmp_path / "out").code == 2


@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_a_folder_that_was_changed_by_hand_is_neither_replaced_nor_taken(
    change: str, places: Callable[[str], Place], online: Driver, tmp_path: Path
) -> None:
    place, folder = places("git"), tmp_path / "out" / "pubmedqa"
    online.fetch("pubmedqa", place, tmp_path / "out")
    file = folder / ("mine.json" if change == "add" else "ori_pqal.json")
    file.unlink() if change == "remove" else file.write_text("[1]", "utf-8")
    done = online.fetch("pubmedqa", place, tmp_path / "out")
    assert done.code == 2
    assert str(file) in done.stderr and "since it was fetched" in done.stderr
    assert file.exists() is (change != "remove")


@pytest.mark.parametrize("name", ["pubmedqa/ori_pqal.json", "pubmedqa/.notes/mine", "pubmedqa"])
def test_files_of_ones_own_are_left_alone(
    name: str, places: Callable[[str], Place], online: Driver, tmp_path: Path
) -> None:
    own = tmp_path / "out" / name
    own.parent.mkdir(parents=True)
    own.write_text("mine", "utf-8")
    told = online.fetch("pubmedqa", places("git"), tmp_path / "out").json
    assert told["state"] == "own files"
    assert str(tmp_path / "out" / "pubmedqa") in told["note"]
    assert own.read_text("utf-8") == "mine"


def test_a_lock_file_that_is_a_folder_or_none_is_refused(
    places: Callable[[str], Place], online: Driver, tmp_path: Path
) -> None:
    place, lock = places("git"), tmp_path / "lock.toml"
    lock.mkdir()
    (lock / "mine").write_text("mine", "utf-8")
    done = online.fetch("pubmedqa", place, tmp_path / "out")
    assert done.code == 2
    assert str(lock) in done.stderr
    assert (lock / "mine").read_text("utf-8") == "mine"
    (lock / "mine").unlink()
    lock.rmdir()
    for text in ("[pubmedqa]\n", "pubmedqa = 1\n", "[pubmedqa\n", '[pubmedqa]\naddress = "x"\nfiles = { a = 1 }\n'):
        lock.write_text(text, "utf-8")
        assert "is no lock file" in online.fetch("pubmedqa", place, tmp_path / "out").stderr


@pytest.mark.parametrize("kind", ["hub", "git"])
def test_a_mirror_without_the_pinned_commit_is_taken_only_when_asked_and_by_its_hashes(
    kind: str, places: Callable[[str], Place], online: Driver, tmp_path: Path
) -> None:
    mirrored = places(kind)
    place = replace(mirrored, revision="a" * 40)
    done = online.fetch("pubmedqa", place, tmp_path / "out")
    assert done.code == 2
    assert "--mirror" in done.stderr and "\n" not in done.stderr
    taken = online.fetch("pubmedqa", place, tmp_path / "out", mirror=True).json
    assert (taken["state"], taken["revision"]) == ("fetched", mirrored.revision)
    # What it had at a commit that nobody pinned is recorded for nobody.
    lock = tmp_path / "lock.toml"
    assert read_lock(lock) == {}
    files = {path: Known(sha256(content).hexdigest(), len(content)) for path, content in TEXTS.items()}
    record(lock, "pubmedqa", Entry(place.address, place.revision, None, files))
    assert online.fetch("pubmedqa", place, tmp_path / "proven", mirror=True).json["revision"] == mirrored.revision
    record(lock, "pubmedqa", Entry(place.address, place.revision, None, {**files, "data/ori_pqal.json": Known("0", 1)}))
    assert "the lock file 1 and 0" in online.fetch("pubmedqa", place, tmp_path / "wrong", mirror=True).stderr


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"HEAD/dev_HEAD.json": b"{}", "../../evil": b"x"}, "a path that leads elsewhere"),
        ({"HEAD/dev_HEAD.json": b"{}", "/evil": b"x"}, "a path that leads elsewhere"),
        ({"other.json": b"{}"}, "none of its 1 entries match"),
        ({"__MACOSX/HEAD/._dev_HEAD.json": b"x"}, "none of its 1 entries match"),
    ],
)
def test_an_archive_is_checked_before_a_byte_of_it_is_written(
    files: dict[str, bytes], message: str, publish: Publish, online: Driver, tmp_path: Path
) -> None:
    name = f"publisher/{tmp_path.name.replace('_', '-')}"
    commit = publish(name, {"data.zip": zipped(files)})
    place = Place("hub", name, commit, ("data.zip",), members=("*HEAD/*_HEAD.json",))
    done = online.fetch("headqa", place, tmp_path / "out")
    assert done.code == 2
    assert message in done.stderr
    assert list((tmp_path / "out").glob("*")) == []
    assert not (tmp_path / "evil").exists()


def test_what_is_no_archive_is_called_what_it_is(publish: Publish, online: Driver, tmp_path: Path) -> None:
    commit = publish("publisher/page", {"data.zip": b"<html>Log in"})
    place = Place("hub", "publisher/page", commit, ("data.zip",), members=("*",))
    assert "a web page, not a sound zip" in online.fetch("headqa", place, tmp_path / "out").stderr


def test_a_place_that_lacks_the_files_says_which(publish: Publish, online: Driver, tmp_path: Path) -> None:
    commit = publish("publisher/moved", {"new/questions.json": b"{}"})
    place = Place("hub", "publisher/moved", commit, ("data/*.json",))
    assert "has no data/*.json" in online.fetch("pubmedqa", place, tmp_path / "out").stderr


def test_the_cache_serves_offline_and_says_so(
    places: Callable[[str], Place], publish: Publish, demo_hub: HubAccess, tmp_path: Path
) -> None:
    pinned = {kind: places(kind) for kind in ("hub", "git")}
    unpinned = Place("hub", "publisher/never-fetched", None, ("*",))
    environment = demo_hub.environment(tmp_path / "hf-home")
    with driver(tmp_path, environment) as commands:
        for kind, place in pinned.items():
            assert commands.fetch("pubmedqa", place, tmp_path / kind / "out").json["state"] == "fetched"
    with driver(tmp_path, environment | {"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://127.0.0.1:9"}) as commands:
        for kind, place in pinned.items():
            assert commands.fetch("pubmedqa", place, tmp_path / kind / "again").json["state"] == "from the cache"
            done = commands.fetch("pubmedqa", replace(place, revision="b" * 40), tmp_path / kind / "never")
            assert done.code == 2
            assert "HF_HUB_OFFLINE" in done.stderr and "\n" not in done.stderr
        assert "HF_HUB_OFFLINE" in commands.fetch("pubmedqa", unpinned, tmp_path / "out").stderr


def test_a_gated_repository_says_where_to_accept_its_terms(tmp_path: Path) -> None:
    gated = StrangeHub(403, "{}", "application/json", {"X-Error-Code": "GatedRepo"})
    place = Place("hub", "publisher/gated", "c" * 40, ("*",))
    with strange_hub(gated) as hub, driver(tmp_path, {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path)}) as commands:
        told = commands.fetch("pubmedqa", place, tmp_path / "out").json
        assert told["state"] == "terms to accept"
        assert f"{hub.url}/datasets/publisher/gated" in told["note"] and "HF_TOKEN" in told["note"]
        named = commands("fetch", "medqa", "--lock", tmp_path / "lock.toml")
        assert named.code == 2
        assert "accept its terms" in named.stderr
        # Without a name it is one of those that are told, and ends nothing. Git is not asked: no files of it are here.
        assert commands("fetch", "medqa", "--dry-run", "--lock", tmp_path / "lock.toml").code == 0


@contextmanager
def broken_off(content: bytes) -> Iterator[tuple[str, list[str | None]]]:
    """Serve a file, the first time but its first half; yields the address and the ranges that were asked for."""
    ranges: list[str | None] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()

        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            ranges.append(asked)
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.send_header("ETag", '"one"')
            self.end_headers()
            self.wfile.write(content[start:] if asked else content[: len(content) // 2])

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/questions.zip", ranges
        finally:
            server.shutdown()


def test_a_download_that_was_cut_off_goes_on_where_it_stopped(online: Driver, tmp_path: Path) -> None:
    content = zipped(files_of("headqa", tmp_path / "written"))
    with broken_off(content) as (address, ranges):
        place = Place("web", address, "1.0", ("questions.zip",), members=("HEAD*/*.json",))
        first = online.fetch("headqa", place, tmp_path / "out")
        assert first.code == 2
        assert "cannot be reached" in first.stderr
        assert online.fetch("headqa", place, tmp_path / "out").json["state"] == "fetched"
        assert ranges == [None, f"bytes={len(content) // 2}-"]
    assert answers(parse("headqa", tmp_path / "out" / "headqa")) == FIXTURES["headqa"].answers


def test_every_source_is_fetched_in_its_published_layout_and_built(
    publish: Publish, commit_git: Publish, tmp_path: Path, demo_hub: HubAccess
) -> None:
    environment = demo_hub.environment(tmp_path / "hf-home") | publish_all(publish, commit_git, tmp_path)
    lock, work = tmp_path / "lock.toml", tmp_path / "work"
    work.mkdir()
    with driver(work, environment) as commands:
        planned = commands("fetch", "--dry-run", "--mirror", "--lock", lock, "--json").json
        assert {entry["state"] for entry in planned} == {"to fetch", "by hand"}
        assert not (work / "build").exists()
        fetched = commands("fetch", "--mirror", "--lock", lock, "--json").json
        states = {name: entry["state"] for entry in fetched for name in entry["sources"]}
        by_hand = {"bionli", "mednli"}
        # It is in the archive that MedQA is in.
        assert states.pop("medqa_mainland") == "from the cache"
        rest = set(SOURCES) - {"sample", "medqa_mainland"}
        assert states == {name: "by hand" if name in by_hand else "fetched" for name in rest}
        assert {entry["stated"] for entry in fetched if entry["sources"] == ["headqa"]} == {"mit"}
        shutil.rmtree(work / "build" / "sources" / "medqa")
        again = commands("fetch", "--mirror", "--lock", lock, "--json").json
        missing = [entry["sources"] for entry in again if entry["state"] == "from the cache"]
        assert missing == [["medqa"]]
        assert {entry["state"] for entry in again} == {"here", "from the cache", "by hand"}
        named = commands("fetch", "mednli", "--lock", lock)
        assert named.code == 2
        assert "https://physionet.org/content/mednli/1.0.0/" in named.stderr
        built = commands("build", "--lock", lock, "--languages", "english", "--json")
        # CasiMedicos' questions are those of a held-out split of MedExpQA, and left out for it.
        # What was born in another language is in no English without a memory or a package.
        english = {name for name, source in SOURCES.items() if "en" in source.languages}
        assert {row["source"] for row in built.json} == english - by_hand - {"sample", "casimedicos"}
        assert "15 here, 2 by hand" in built.stderr
        pins = json.loads((work / "build" / "dataset" / "items" / "items.json").read_text("utf-8"))["sources"]
        commits = {name: entry["revision"] for entry in fetched for name in entry["sources"]}
        assert pins["medqa"]["revision"] == f"bigbio/med_qa@{commits['medqa']}"
        assert pins["pubmedqa"]["revision"] == commits["pubmedqa"]
        assert "credentialed" in built.stderr
    for name in SOURCES.keys() - by_hand - {"sample"}:
        folder = work / "build" / "sources" / SOURCES[name].folder
        assert answers(parse(name, folder)) == FIXTURES[name].answers


def publish_all(publish: Publish, commit_git: Publish, folder: Path) -> dict[str, str]:
    """Publish every source where its descriptor says; returns the variables that lead `git` there."""
    files = {name: files_of(name, folder / "written" / name) for name in FIXTURES}
    mmlu, medmcqa = FIXTURES["mmlu_pro"].copy(), FIXTURES["medmcqa"].copy()
    layouts = {
        "medqa": {
            "data_clean.zip": zipped(
                {
                    **{f"data_clean/questions/{name}": content for name, content in files["medqa"].items()},
                    **{f"data_clean/{name}": content for name, content in files["medqa_mainland"].items()},
                }
            )
        },
        "kormedmcqa": {f"{name}.parquet": parquet(rows) for name, rows in korean().items()},
        "afrimedqa": files["afrimedqa"],
        "frenchmedmcqa": files["frenchmedmcqa"],
        "igakuqa": files["igakuqa"],
        "cmexam": {f"data/{name}": content for name, content in files["cmexam"].items()},
        "headqa": {"data/head-qa-es-en-pdfs.zip": zipped({**files["headqa"], "HEAD/HEAD.json": b"{}"})},
        "medexpqa": files["medexpqa"],
        "mmlu_pro": {"data/test-00000-of-00001.parquet": parquet(*mmlu.values())},
        "medmcqa": {
            "data/validation-00000-of-00001.parquet": parquet(
                [{**row, "cop": row["cop"] - 1} for row in medmcqa["dev.json"]]
            ),
            "data/test-00000-of-00001.parquet": parquet([{**row, "cop": -1} for row in medmcqa["test.json"]]),
        },
        "casimedicos": {
            f"data/{tag}/{tag}_train_casimedicos.jsonl": files["casimedicos"][f"train.{tag}.jsonl"]
            for tag in ("en", "es", "fr")
        },
        "pubmedqa": {f"data/{name}": content for name, content in files["pubmedqa"].items()},
        "liveqa": {f"TestDataset/{name}": content for name, content in files["liveqa"].items()},
        "expertqa_med": {
            f"data/{'lfqa/' if name.startswith('rand') else ''}{name}": content
            for name, content in files["expertqa_med"].items()
        },
    }
    rewritten = []
    for name, tree in layouts.items():
        place = SOURCES[name].place
        assert place is not None
        if place.kind == "hub":
            publish(place.address, tree)
        else:
            commit_git(folder / name, {**tree, "LICENSE": b"As you like it."})
            rewritten.append((f"url.{(folder / name).as_uri()}.insteadOf", place.address))
    keys = {f"GIT_CONFIG_KEY_{number}": key for number, (key, _) in enumerate(rewritten)}
    values = {f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in enumerate(rewritten)}
    return {"GIT_CONFIG_COUNT": str(len(rewritten)), **keys, **values}
