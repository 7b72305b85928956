"""Write the commits of a repository as git's own: a process of its own, which ends when it is done.

Commits get git's ids here, made of their contents; the id that the Hub knows a commit by is the last line of its
message. The stream is read by git-fast-import(1); the number of a commit is its mark there, so that the next export
writes only the commits that are new.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from globmed.hub.errors import HubError
from globmed.hub.storage.blobs import Blobs, lfs_pointer
from globmed.hub.storage.lfs import Patterns, lfs_patterns
from globmed.hub.storage.store import MAIN, Reader, Repository, Revision, Store
from globmed.hub.storage.trees import Entry

MARKS = "marks"
ATTRIBUTES = ".gitattributes"
#: Commits are made on it, and it is gone afterwards.
_WORK = "refs/hub/work"
KINDS = ("heads", "tags", "pr")
#: No user's or machine's settings: what is written is the same everywhere.
ENVIRONMENT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": "/nonexistent", "LC_ALL": "C"}


def export(root: Path, number: int, target: Path) -> None:
    """Bring a bare repository to the state of the Hub's, on whose storage folder a server may be working.

    Args:
        root: the storage folder.
        number: the repository's number.
        target: the folder of the bare repository; made if it is not there.

    Raises:
        subprocess.CalledProcessError: git failed.
    """
    store, blobs = Store(root / "hub.sqlite"), Blobs(root / "blobs")
    # Each time: an export may have been killed between the two.
    _git(target.parent, "init", "--bare", "--quiet", str(target))
    _git(target, "symbolic-ref", "HEAD", f"refs/heads/{MAIN}")
    with store.reading() as reader:
        repository = reader.repository_numbered(number)
        references = {
            f"refs/{kind}/{name}": commit
            for kind in KINDS
            for name, commit in reader.references(repository, kind).items()
        }
        known = _known(target / MARKS)
        marks = ["--import-marks-if-exists=" + MARKS, "--export-marks=" + MARKS]
        environment = os.environ | ENVIRONMENT
        command = ["git", "fast-import", "--quiet", "--force", "--done", *marks]
        with subprocess.Popen(command, cwd=target, stdin=subprocess.PIPE, env=environment) as importer:  # noqa: S603
            assert importer.stdin is not None  # noqa: S101 -- it was asked for
            _Writer(importer.stdin, reader, blobs, repository, known).write(references)
        if importer.returncode:
            raise subprocess.CalledProcessError(importer.returncode, command)
    listed = _git(target, "for-each-ref", "--format=%(refname)").split()
    gone = "".join(f"delete {name}\n" for name in listed if name not in references)
    _git(target, "update-ref", "--stdin", given=gone)


class _Writer:
    """The stream of one repository's new commits."""

    def __init__(self, out: IO[bytes], reader: Reader, blobs: Blobs, repository: Repository, known: set[int]) -> None:
        self._out, self._reader, self._blobs, self._repository = out, reader, blobs, repository
        self._known = known
        #: Of a commit's LFS files, those that its .gitattributes does not name.
        self._unnamed: dict[int, frozenset[str]] = {}
        self._last = 0

    def write(self, references: Mapping[str, str]) -> None:
        """Write the commits that references lead to and that are not known yet, then the references."""
        wanted: dict[int, Revision] = {}
        for commit in references.values():
            self._collect(commit, wanted)
        for number in sorted(wanted):
            self._commit(number, wanted[number])
        for name, commit in references.items():
            self._line(f"reset {name}\nfrom :{self._reader.number_of(commit)}\n")
        self._line("done")
        self._out.close()

    def _collect(self, commit: str, wanted: dict[int, Revision]) -> None:
        waiting = [commit]
        while waiting:
            number = self._reader.number_of(each := waiting.pop())
            if number in self._known or number in wanted:
                continue
            wanted[number] = self._reader.revision(each)
            waiting += [parent for parent in (wanted[number].parent, wanted[number].merged) if parent]

    def _commit(self, number: int, revision: Revision) -> None:
        parent = self._reader.number_of(revision.parent) if revision.parent else 0
        changes = dict(self._reader.changes(revision.id, 0, -1))
        if not parent:
            self._line(f"reset {_WORK}\n")
        message = "\n\n".join(filter(None, [revision.title, revision.message, f"Hub-Commit: {revision.id}"]))
        self._line(f"commit {_WORK}\nmark :{number}\ncommitter {_person(revision)}")
        self._data(message.replace("\0", "").encode("utf-8", "replace"))
        if parent and parent != self._last:
            self._line(f"from :{parent}")
        if revision.merged:
            self._line(f"merge :{self._reader.number_of(revision.merged)}")
        if parent and self._reader.begins_anew(number):
            # The Hub wrote the whole tree again: what is not in it is gone.
            self._line("deleteall")
            parent = 0
        # A file may come where a folder was, and the other way round.
        for path, entry in sorted(changes.items(), key=lambda each: each[1] is not None):
            if path != ATTRIBUTES:
                self._file(path, entry)
        self._attributes(number, parent, revision, changes)
        self._line("")
        self._known.add(number)
        self._last = number

    def _file(self, path: str, entry: Entry | None) -> None:
        if entry is None:
            self._line(f"D {_quoted(path)}")
            return
        self._line(f"M 100644 inline {_quoted(path)}")
        self._data(self._content(entry))

    def _content(self, entry: Entry) -> bytes:
        """Return what git has of a file: for LFS files the pointer, for one that was taken down the reason."""
        if entry.lfs:
            return lfs_pointer(entry.sha256, entry.size)
        gone = self._reader.erased(self._repository, entry.sha256)
        if gone is not None:
            return f"Taken down on {gone.erased[:10]}: {gone.why}\n".encode()
        try:
            return self._blobs.read(entry.sha256)
        except HubError as error:
            return f"{error.message}\n".encode()

    def _attributes(self, number: int, parent: int, revision: Revision, changes: Mapping[str, Entry | None]) -> None:
        """Write .gitattributes with a line for every LFS file that it does not name: git-lfs goes by these."""
        files = self._reader.files(revision.id)
        before = self._unnamed.get(parent)
        follows = before is not None and ATTRIBUTES not in changes
        tree: Mapping[str, Entry | None] = changes if follows else files.under()
        own = files.get(ATTRIBUTES)
        text = self._content(own) if own is not None and not own.lfs else b""
        patterns = Patterns(lfs_patterns(text.decode("utf-8", "replace")))
        here = {path for path, entry in tree.items() if entry is not None and entry.lfs and not patterns.match(path)}
        unnamed = frozenset((before - changes.keys()) | here) if follows and before else frozenset(here)
        self._unnamed[number] = unnamed
        if follows and unnamed == before:
            return
        lines = "".join(f"{_pattern(path)} filter=lfs diff=lfs merge=lfs -text\n" for path in sorted(unnamed))
        if own is None and not lines:
            self._line(f"D {ATTRIBUTES}")
            return
        end = b"" if not text or text.endswith(b"\n") else b"\n"
        self._line(f"M 100644 inline {ATTRIBUTES}")
        self._data(text + end + lines.encode())

    def _line(self, text: str) -> None:
        self._out.write(text.encode() + b"\n")

    def _data(self, content: bytes) -> None:
        self._out.write(b"data %d\n" % len(content) + content + b"\n")


def _known(marks: Path) -> set[int]:
    with suppress(FileNotFoundError):
        return {int(line.split()[0][1:]) for line in marks.read_text("ascii").splitlines()}
    return set()


def _person(revision: Revision) -> str:
    """Return who made a commit and when; the Hub knows no addresses."""
    name = "".join(character for character in revision.author if character.isprintable() and character not in "<>")
    seconds = int(datetime.fromisoformat(revision.created).timestamp())
    return f"{name or 'somebody'} <{name.replace(' ', '.')}@hub.invalid> {seconds} +0000"


def _quoted(path: str) -> str:
    return '"' + path.replace('"', '\\"') + '"'


def _pattern(path: str) -> str:
    """Return a line's pattern for one path in .gitattributes (gitattributes(5))."""
    escaped = "".join("\\" + character if character in "*?[" else character for character in path)
    return json.dumps("/" + escaped, ensure_ascii=False)


def _git(folder: Path, *arguments: str, given: str = "") -> str:
    """Return what git prints; no argument is a stranger's."""
    environment = os.environ | ENVIRONMENT
    command = ["git", *arguments]
    done = subprocess.run(  # noqa: S603 -- as it says
        command, cwd=folder, input=given, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


if __name__ == "__main__":
    # Clients of the API do not wait for clones.
    os.nice(5)
    export(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
