"""Reading by chunks: how a file is put together, its chunks' bytes, and which chunks a client need not send."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from starlette.responses import JSONResponse, Response, StreamingResponse

from globmed.hub.errors import HubError
from globmed.hub.routes.xet.rights import file_content, readable, unknown_file
from globmed.hub.routes.xet.tokens import SECONDS, STORE, address, bearer, read_grant
from globmed.hub.serving.call import Call, signed_route
from globmed.hub.storage.xet.hashes import Chunk, from_hex, to_hex
from globmed.hub.storage.xet.index import Part
from globmed.hub.storage.xet.shards import write_shard
from globmed.hub.storage.xet.xorbs import HEADER_BYTES, frame, framed_size

HASH = "[0-9a-f]{64}"
_RANGE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{1,20})")
#: What a client is told of a file that has a chunk of its own: 2 GiB, in 64 bytes a chunk.
_TOLD_PARTS = 128
_TOLD_SECONDS = 24 * 3600


class _Piece(NamedTuple):
    """The chunks of a run that a range needs, up to ``end``, and the first's first byte in the file and in the run."""

    part: Part
    first: int
    end: int
    start: int
    framed_start: int

    @property
    def chunks(self) -> Sequence[Chunk]:
        return self.part.chunks[self.first : self.end]

    @property
    def bytes(self) -> dict[str, int]:
        """The bytes of the run, the last included."""
        return {"start": self.framed_start, "end": self.framed_start + framed_size(self.chunks) - 1}

    @property
    def range(self) -> dict[str, int]:
        """The chunks of the run, the last excluded."""
        return {"start": self.first, "end": self.end}


def reconstruction(call: Call) -> Response:
    """Return the runs of chunks that a file, or a range of it, consists of, and their addresses."""
    grant = bearer(call)
    content = file_content(call, grant, call.parameters["hash"])
    call.hub.blobs.whole(content.sha256)
    start, end = _range(call, content.size)
    pieces = [_piece(part, start, end) for part in call.hub.xet.parts(content, start, end)]
    if not pieces:
        raise unknown_file(call.parameters["hash"])
    ticket = replace(grant, writes=False, expires=int(time.time()) + SECONDS, file=to_hex(content.hash))
    place = f"{address(call, grant.repository)}/runs/{{}}?ticket={ticket.signed(call.hub)}"
    found: dict[str, Any] = {
        "offset_into_first_range": start - pieces[0].start,
        "terms": [
            {
                "hash": to_hex(piece.part.xorb),
                "unpacked_length": sum(chunk.size for chunk in piece.chunks),
                "range": piece.range,
            }
            for piece in pieces
        ],
    }
    if call.parameters["version"] == "2":
        fetched: list[dict[str, Any]] = [
            {"url": place.format(piece.part.start), "ranges": [{"chunks": piece.range, "bytes": piece.bytes}]}
            for piece in pieces
        ]
    else:
        fetched = [
            {"url": place.format(piece.part.start), "range": piece.range, "url_range": piece.bytes} for piece in pieces
        ]
    by_xorb: dict[str, list[dict[str, Any]]] = {}
    for piece, each in zip(pieces, fetched, strict=True):
        by_xorb.setdefault(to_hex(piece.part.xorb), []).append(each)
    return JSONResponse(found | {"xorbs" if call.parameters["version"] == "2" else "fetch_info": by_xorb})


def run(call: Call) -> Response:
    """Return a range of a run of chunks, each behind its header."""
    grant = read_grant(call.hub, call.request.query_params.get("ticket", ""))
    content = file_content(call, grant, grant.file)
    at = int(call.parameters["start"])
    part = next(call.hub.xet.parts(content, at, at + 1), None)
    if part is None or part.start != at:
        raise unknown_file(grant.file)
    whole = framed_size(part.chunks)
    start, end = _range(call, whole)
    body = _framed(call.hub.blobs.whole(content.sha256), part, start, end, call.hub.downloads.piece())
    headers = {"Content-Length": str(end - start), "Content-Range": f"bytes {start}-{end - 1}/{whole}"}
    return StreamingResponse(body, 206, headers, "application/octet-stream")


def known_chunk(call: Call) -> Response:
    """Return the chunks of a file that has a chunk and that the caller may read, so that it need not send them."""
    allowed, now = readable(call, bearer(call)), int(time.time())
    for content, start in call.hub.xet.places(from_hex(call.parameters["hash"])):
        if allowed(content.sha256) and call.hub.blobs.has(content.sha256):
            parts = islice(call.hub.xet.parts(content, start, content.size), _TOLD_PARTS)
            shard = write_shard({part.xorb: part.chunks for part in parts}, now, now + _TOLD_SECONDS)
            return Response(shard, media_type="application/octet-stream")
    raise HubError(404, "No file that this token may read has the chunk")


def _piece(part: Part, start: int, end: int) -> _Piece:
    """Return the chunks of a run that have bytes of a range of the file."""
    at, framed, first, piece_start, framed_start = part.start, 0, 0, part.start, 0
    last = len(part.chunks)
    for number, chunk in enumerate(part.chunks):
        if at >= end:
            last = number
            break
        at, framed = at + chunk.size, framed + HEADER_BYTES + chunk.size
        if at <= start:
            first, piece_start, framed_start = number + 1, at, framed
    return _Piece(part, first, last, piece_start, framed_start)


def _framed(path: Path, part: Part, start: int, end: int, piece_bytes: int) -> Iterator[bytes]:
    """Yield bytes of a run of chunks, in pieces of about a size."""
    at, place = 0, part.start
    with path.open("rb", buffering=0) as file:
        for sizes in _grouped(part.chunks, piece_bytes):
            content, size = sum(sizes), sum(sizes) + HEADER_BYTES * len(sizes)
            if at + size > start and at < end:
                file.seek(place)
                yield _interleaved(memoryview(file.read(content)), sizes)[max(start - at, 0) : end - at]
            at, place = at + size, place + content


def _grouped(chunks: Sequence[Chunk], piece_bytes: int) -> Iterator[list[int]]:
    """Yield the sizes of chunks, those of about a piece together."""
    sizes: list[int] = []
    for chunk in chunks:
        sizes.append(chunk.size)
        if sum(sizes) >= piece_bytes:
            yield sizes
            sizes = []
    if sizes:
        yield sizes


def _interleaved(content: memoryview, sizes: Sequence[int]) -> bytes:
    framed: list[bytes | memoryview] = []
    start = 0
    for size in sizes:
        framed += [frame(size), content[start : start + size]]
        start += size
    return b"".join(framed)


def _range(call: Call, size: int) -> tuple[int, int]:
    """Return the range of bytes that the caller asks for, the last excluded; 416 if there is none."""
    header = call.request.headers.get("range")
    if header is None:
        return 0, size
    match = _RANGE.fullmatch(header)
    if match is None:
        raise HubError(400, f"Range {header[:100]!r}: expected bytes=FIRST-LAST")
    start, end = int(match[1]), min(int(match[2]) + 1, size)
    if start >= end:
        raise HubError(416, f"The range begins after the {size} bytes", headers={"Content-Range": f"bytes */{size}"})
    return start, end


ROUTES = (
    signed_route(f"{STORE}/v(?P<version>[12])/reconstructions/(?P<hash>{HASH})", reconstruction),
    signed_route(f"{STORE}/v1/chunks/default(?:-merkledb)?/(?P<hash>{HASH})", known_chunk),
    signed_route(f"{STORE}/runs/(?P<start>[0-9]{{1,18}})", run),
)
