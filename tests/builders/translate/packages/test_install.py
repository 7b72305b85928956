"""What `globmed translator install` takes for a package, and what it does about links that give none."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from builders.translate.packages.install import install
from builders.translate.packages.package import installed_packages, open_package
from globmed.errors import UserError
from globmed.storage.files import sha256
from tests.builders.translate.packages.test_codes import archive
from tests.conftest import Globmed

PAGE = "<!DOCTYPE html>\n<html><title>Not found</title></html>\n"


class Served:
    """A folder on the web, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        asked: list[str] = []
        self.folder, self.asked = folder, asked

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                if self.path.endswith("busy"):
                    return self.send_error(503)
                return super().do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{name}"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "web").mkdir()
    served = Served(tmp_path / "web")
    thread = Thread(target=served.server.serve_forever)
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package file outside the folders of the test."""
    (tmp_path / "made").mkdir()
    return archive(tmp_path / "made", "en", "sw")


def write_index(web: Served, *links: str) -> str:
    entry = {"from_code": "en", "to_code": "sw", "package_version": "1.0", "type": "translate", "links": list(links)}
    (web.folder / "index.json").write_text(json.dumps([entry]), "utf-8")
    return web.url("index.json")


def left(folder: Path) -> list[str]:
    """Return the packages, and whatever else is there."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize("name", ["x.zip", "x.argosmodel", "X.ARGOSMODEL", "x.bin", "x", "en-sw", "a b.zip"])
def test_a_file_is_a_package_whatever_its_name(
    tmp_path: Path, package: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(package, name)
    assert install(name, Path("packages")).target == "sw"
    assert left(tmp_path / "packages") == ["en_sw-1.0"]


@pytest.mark.parametrize("inner", [True, False])
@pytest.mark.parametrize("name", ["unpacked", "en-sw"])
def test_an_unpacked_package_is_copied(
    tmp_path: Path, package: Path, inner: bool, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(package) as zipped:
        zipped.extractall(name)
    (tmp_path / name / "en_sw" / ".DS_Store").write_bytes(b"of the desktop")
    given = f"{name}/en_sw" if inner else name
    packed = install(str(package), tmp_path / "other")
    assert install(given, Path("packages")).identity == packed.identity
    assert install(given, Path("packages")).identity == packed.identity, "once more does nothing"
    assert left(tmp_path / "packages") == ["en_sw-1.0"]
    assert not list((tmp_path / "packages").rglob(".DS_Store"))
    assert (tmp_path / name / "en_sw" / "metadata.json").is_file()


def test_no_path_is_looked_up_in_an_index(tmp_path: Path, package: Path, web: Served, globmed: Globmed) -> None:
    index = write_index(web, str(package))
    (tmp_path / "empty").mkdir()
    for what in ("absent.zip", "absent.argosmodel", "./en-sw", str(tmp_path / "absent"), str(tmp_path / "empty"), "en"):
        with pytest.raises(UserError, match=f"^{re.escape(str(Path(what)))}: "):
            install(what, tmp_path / "packages", index)
    done = globmed("translator", "install", "absent.zip", "--index", index, "--dir", tmp_path / "packages")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "absent.zip: no such file or folder" in done.stderr
    assert web.asked == []
    assert left(tmp_path / "packages") == []


def test_a_pair_is_looked_up_in_the_index_that_is_named(
    tmp_path: Path, package: Path, web: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(package, web.folder / "p.argosmodel")
    index = write_index(web, "p.argosmodel")
    monkeypatch.chdir(tmp_path)
    Path("en-sw").mkdir()
    for pair in ("en-sw", "en_sw", "translate-en_sw", "eng-swa"):
        shutil.rmtree("packages", ignore_errors=True)
        assert install(pair, Path("packages"), index).target == "sw"
    with pytest.raises(UserError, match=r"en-sw: no metadata\.json in it.* give --index"):
        install("en-sw", Path("packages"))


def test_the_next_link_is_tried(tmp_path: Path, package: Path, web: Served) -> None:
    data = package.read_bytes()
    (web.folder / "page").write_text(PAGE, "utf-8")
    (web.folder / "cut").write_bytes(data[: len(data) // 2])
    (web.folder / "tail").write_bytes(data[len(data) // 2 :])
    (web.folder / "empty").write_bytes(b"")
    (web.folder / "pointer").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "utf-8")
    with zipfile.ZipFile(web.folder / "notes", "w") as zipped:
        zipped.writestr("notes/readme.txt", "no package")
    with zipfile.ZipFile(web.folder / "no-model", "w") as zipped:
        zipped.writestr("p/metadata.json", '{"from_code": "en", "to_code": "sw", "package_version": "1.0"}')
    (web.folder / "sound").write_bytes(data)
    bad = {
        "busy": "503",
        "absent": "404",
        "page": "a web page",
        "cut": "a zip that is damaged",
        "tail": "said to begin before the archive does",
        "empty": "empty",
        "pointer": "a pointer of Git LFS",
        "notes": "no metadata.json",
        "no-model": "not a translation package",
        "ipfs://of-another-kind": "No such file",
    }
    installed = install("en-sw", tmp_path / "packages", write_index(web, *bad, "sound"), expected=sha256(package))
    assert installed.target == "sw"
    assert left(tmp_path / "packages") == ["en_sw-1.0"]
    shutil.rmtree(tmp_path / "packages")
    with pytest.raises(UserError) as refused:
        install("en-sw", tmp_path / "packages", write_index(web, *bad))
    said = str(refused.value)
    assert "\n" not in said
    for link, reason in bad.items():
        name = link if "://" in link else web.url(link)
        assert reason in said.partition(f"{name}")[2].partition("; ")[0]
    assert said.count(".download-") == said.count(".partial") == 0, "of names that nobody gave"
    assert left(tmp_path / "packages") == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "web"]


def test_a_file_with_another_hash_is_passed_over(tmp_path: Path, package: Path, web: Served) -> None:
    shutil.copy(archive(tmp_path, "en", "zu"), web.folder / "other")
    shutil.copy(package, web.folder / "right")
    index = write_index(web, "other", "right")
    assert install("en-sw", tmp_path / "packages", index, expected=sha256(package)).target == "sw"


def test_a_package_that_is_there_stops_the_search(tmp_path: Path, package: Path, web: Served) -> None:
    install(str(package), tmp_path / "packages")
    with zipfile.ZipFile(package, "a") as zipped:
        zipped.writestr("en_sw/model/more.txt", "another model")
    shutil.copy(package, web.folder / "first")
    index = write_index(web, "first", "second")
    with pytest.raises(UserError, match="give --replace"):
        install("en-sw", tmp_path / "packages", index)
    assert web.asked == ["/index.json", "/first"]
    install("en-sw", tmp_path / "packages", index, replace=True)
    (found,) = installed_packages(tmp_path / "packages")
    assert (found.model / "more.txt").is_file()


@pytest.mark.parametrize("links", [[], None, "absent", [1, {}]])
def test_an_entry_without_a_link_is_an_error(tmp_path: Path, links: object) -> None:
    entry = {"from_code": "en", "to_code": "sw", "package_version": "1.0", "links": links}
    (tmp_path / "index.json").write_text(json.dumps([entry]), "utf-8")
    with pytest.raises(UserError, match="no link of en-sw gives a sound package"):
        install("en-sw", tmp_path / "packages", str(tmp_path / "index.json"))


def test_an_address_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"an address.* download it"):
        install("https://example.org/translate-en_sw.argosmodel", tmp_path / "packages")


def test_a_folder_is_checked_as_an_archive_is(tmp_path: Path, package: Path) -> None:
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(package) as zipped:
        zipped.extractall(unpacked)
    metadata = unpacked / "en_sw" / "metadata.json"
    for version, message in (('"1.0/../../evil"', "expected two tags and a version"), ("{", "no metadata.json with")):
        metadata.write_text(f'{{"from_code": "en", "to_code": "sw", "package_version": {version}}}', "utf-8")
        with pytest.raises(UserError, match=message):
            install(str(unpacked), tmp_path / "packages")
    with pytest.raises(UserError, match="--sha256 is that of an archive"):
        install(str(unpacked), tmp_path / "packages", expected="0" * 64)
    metadata.write_text('{"from_code": "en", "to_code": "sw", "package_version": "1.0"}', "utf-8")
    (unpacked / "en_sw" / "model" / "model.bin").unlink()
    with pytest.raises(UserError, match=r"unpacked/en_sw: not a translation package"):
        install(str(unpacked), tmp_path / "packages")
    shutil.copytree(unpacked / "en_sw", unpacked / "en_zu")
    with pytest.raises(UserError, match="en_sw, en_zu in it, expected one unpacked package"):
        install(str(unpacked), tmp_path / "packages")
    assert left(tmp_path / "packages") == []


def test_what_a_command_translates_with_is_installed_first(tmp_path: Path, package: Path) -> None:
    installed = install(str(package), tmp_path / "packages")
    for what in ("en-sw", "translate-en_sw", str(installed.path)):
        assert open_package(what, tmp_path / "packages") == installed
    with pytest.raises(UserError, match=r"install the package first: globmed translator install .*en_sw\.argosmodel"):
        open_package(str(package), tmp_path / "packages")
    with pytest.raises(UserError, match=r"absent\.zip: no such folder"):
        open_package("absent.zip", tmp_path / "packages")
