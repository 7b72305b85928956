"""Files put together of chunks, and the index of where chunks are."""

import hashlib
import io
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from globmed.errors import UserError
from globmed.hub.errors import HubError
from globmed.hub.storage.blobs import Blobs
from globmed.hub.storage.xet import assembly as assembling
from globmed.hub.storage.xet import index as indexing
from globmed.hub.storage.xet.assembly import Assembly, UnknownChunksError
from globmed.hub.storage.xet.hashes import Chunk, file_hash
from globmed.hub.storage.xet.index import Index
from globmed.hub.storage.xet.shards import ShardFile, read_files
from tests.globmed.hub.storage.xet.made import chunked, shard, shard_file, term, xorb

CONTENTS = [b"one " * 50, b"two " * 60, b"three " * 70, b"four " * 80]
CHUNKS = chunked(CONTENTS)
XORB = xorb(CONTENTS)[0]
WHOLE = b"".join(CONTENTS)


class Place:
    """Contents, an index, and whose uploads are put together."""

    def __init__(self, folder: Path) -> None:
        self.blobs = Blobs(folder)
        self.index = Index(folder)
        self.readable = True

    def keep(self, contents: Sequence[bytes] = CONTENTS, repository: int = 1) -> bytes:
        with self.blobs.temporary() as file:
            file.write(b"".join(contents))
        hash_ = xorb(contents)[0]
        self.index.keep(repository, hash_, chunked(contents), Path(file.name))
        return hash_

    def store(self, file: ShardFile, repository: int = 1) -> None:
        Assembly(self.blobs, self.index, repository, lambda _: self.readable).store(file)

    def stored(self, content: bytes) -> bytes:
        return self.blobs.read(hashlib.sha256(content).hexdigest())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def described(content: bytes, chunks: Sequence[Chunk], *terms: tuple[bytes, bytes], hash_: bytes = b"") -> ShardFile:
    entries = shard_file(hashlib.sha256(content).hexdigest(), chunks, *terms, hash_=hash_)
    (file,) = read_files(io.BytesIO(shard(entries)))
    return file


EVERYTHING = described(WHOLE, CHUNKS, term(XORB, CHUNKS, 0, 4))


def test_a_file_is_put_together_of_uploaded_xorbs_and_of_earlier_files(place: Place) -> None:
    place.keep()
    place.store(EVERYTHING)
    assert place.stored(WHOLE) == WHOLE
    assert place.index.complete(XORB, lambda _: True)
    assert not place.index.complete(XORB, lambda _: False)
    place.index.discard(1, [XORB])
    assert place.index.waiting_files() == (0, 0)
    new = place.keep([b"new" * 99])
    mixed = CONTENTS[1] + b"new" * 99 + CONTENTS[3] + CONTENTS[0]
    chunks = [CHUNKS[1], *chunked([b"new" * 99]), CHUNKS[3], CHUNKS[0]]
    terms = [(1, 2), (3, 4), (0, 1)]
    first, *rest = (term(XORB, CHUNKS, *each) for each in terms)
    place.store(described(mixed, chunks, first, term(new, chunked([b"new" * 99]), 0, 1), *rest))
    assert place.stored(mixed) == mixed


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (described(WHOLE, CHUNKS, term(XORB, CHUNKS, 0, 3)), 400),
        (described(WHOLE, CHUNKS, term(XORB, [*CHUNKS, *CHUNKS], 0, 5)), 400),
        (described(WHOLE, CHUNKS, term(XORB, CHUNKS, 2, 2)), 400),
        (described(WHOLE, CHUNKS, (term(XORB, CHUNKS, 0, 4)[0], term(XORB, CHUNKS, 0, 3)[1])), 400),
        (described(WHOLE, CHUNKS, term(XORB, CHUNKS, 0, 4), hash_=b"h" * 32), 400),
        (described(b"another", CHUNKS, term(XORB, CHUNKS, 0, 4)), 422),
        (described(WHOLE, CHUNKS, term(b"x" * 32, CHUNKS, 0, 4)), 409),
    ],
    ids=["too few", "beyond the xorb", "none", "proof", "hash", "sha256", "unknown"],
)
def test_what_a_client_states_wrongly_is_refused_and_nothing_is_stored(
    place: Place, file: ShardFile, status: int
) -> None:
    place.keep()
    with pytest.raises(HubError) as error:
        place.store(file)
    assert error.value.status == status
    assert [*place.blobs.stored()] == []
    assert [*place.blobs.incoming.iterdir()] == []
    assert place.index.hash_of(file.sha256) is None


def test_the_xorbs_of_another_repository_and_chunks_of_unreadable_files_are_unknown(place: Place) -> None:
    place.keep()
    with pytest.raises(UnknownChunksError):
        place.store(EVERYTHING, repository=2)
    place.store(EVERYTHING)
    place.store(EVERYTHING, repository=2)
    place.readable = False
    with pytest.raises(UnknownChunksError):
        place.store(EVERYTHING, repository=2)


def test_a_damaged_file_is_not_used_again(place: Place) -> None:
    place.keep()
    place.store(EVERYTHING)
    place.index.discard(1, [XORB])
    sha256 = hashlib.sha256(WHOLE).hexdigest()
    path, stat = place.blobs.path(sha256), place.blobs.path(sha256).stat()
    with path.open("r+b") as file:
        file.write(b"?")
    # As damage below the file system would look.
    place.blobs._verified.note(sha256, path.stat())
    assert stat.st_size == path.stat().st_size
    with pytest.raises(UnknownChunksError):
        place.store(EVERYTHING)
    assert place.index.xorb(XORB) is None
    place.keep()
    place.store(EVERYTHING)
    assert place.stored(WHOLE) == WHOLE


def test_a_file_of_too_many_chunks_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembling, "MAX_FILE_CHUNKS", 3)
    place.keep()
    with pytest.raises(HubError, match="too many chunks"):
        place.store(EVERYTHING)


def test_the_runs_of_a_range_are_found(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "PART_BYTES", 450)
    place.keep()
    place.store(EVERYTHING)
    content = place.index.content(EVERYTHING.hash)
    assert content is not None
    runs = [(part.start, len(part.chunks)) for part in place.index.parts(content, 0, content.size)]
    assert runs == [(0, 2), (440, 1), (860, 1)]
    assert [part.start for part in place.index.parts(content, 439, 440)] == [0]
    assert [part.start for part in place.index.parts(content, 440, 861)] == [440, 860]


def test_what_is_forgotten_leaves_no_chunk_and_another_name_for_clients(place: Place) -> None:
    place.keep()
    place.store(EVERYTHING)
    part = CONTENTS[0] + CONTENTS[1]
    place.store(described(part, CHUNKS[:2], term(XORB, CHUNKS, 0, 2)))
    whole, half = (hashlib.sha256(each).hexdigest() for each in (WHOLE, part))
    place.keep([b"another"])
    before = place.index.cache_name(1)
    place.index.discard_like([whole])
    assert place.index.waiting(1, XORB) is None
    assert place.index.waiting_files() == (1, len(b"another"))
    place.index.forget([whole])
    assert place.index.hash_of(whole) is None
    assert place.index.places(CHUNKS[3].hash) == []
    assert [content.sha256 for content, _ in place.index.places(CHUNKS[0].hash)] == [half]
    assert place.index.xorb(XORB) is None
    assert place.index.cache_name(1) != before
    assert place.index.fault({half: len(part)}) is None


def test_a_damaged_index_is_named(place: Place, tmp_path: Path) -> None:
    place.keep()
    place.store(EVERYTHING)
    sizes = {EVERYTHING.sha256: len(WHOLE)}
    assert place.index.fault(sizes) is None
    with sqlite3.connect(tmp_path / "xet.sqlite") as database:
        database.execute("UPDATE xorb SET chunks = substr(chunks, 1, 36)")
    assert "are not the file's: delete" in str(place.index.fault(sizes))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "xet.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(UserError, match="delete it"):
        Index(tmp_path / "other")


def test_a_xorb_is_complete_once_each_of_its_chunks_may_be_read_elsewhere(place: Place) -> None:
    """Only then is what was uploaded discarded: a file that is still to come may need the other chunks."""
    hash_ = place.keep()
    for number, chunk in enumerate(CHUNKS):
        assert not place.index.complete(hash_, lambda _: True)
        place.index.add(file_hash([chunk]), f"{number:064}", [chunk])
    assert place.index.complete(hash_, lambda _: True)
    assert not place.index.complete(hash_, lambda sha256: sha256 != f"{0:064}")
