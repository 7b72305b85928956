"""Uploads by chunks: xorbs, and shards that say which files they make."""

from pathlib import Path
from typing import IO

from anyio import to_thread
from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.routes.xet.reading import HASH
from globmed.hub.routes.xet.rights import readable
from globmed.hub.routes.xet.tokens import STORE, Grant, bearer
from globmed.hub.serving.call import Call, signed_streaming
from globmed.hub.storage.blobs import large_pieces
from globmed.hub.storage.xet import shards, xorbs
from globmed.hub.storage.xet.assembly import Assembly, UnknownChunksError
from globmed.hub.storage.xet.hashes import from_hex, xorb_hash
from globmed.hub.tokens import Role


async def receive_xorb(call: Call) -> Response:
    """Keep a xorb until the files that it is for are complete; 400 if its chunks are not those of its hash."""
    grant = await _writer(call)
    with call.hub.blobs.temporary() as file:
        await _receive(call, file, xorbs.MAX_SERIALIZED_BYTES)
        added = await to_thread.run_sync(_keep_xorb, call, grant, file, limiter=call.hub.assembling)
        Path(file.name).unlink()
    return JSONResponse({"was_inserted": added})


async def receive_shard(call: Call) -> Response:
    """Put the files of a shard together and store them: a commit can then name them by their SHA-256."""
    grant = await _writer(call)
    with call.hub.blobs.temporary() as file:
        await _receive(call, file, shards.MAX_BYTES)
        await to_thread.run_sync(_store_files, call, grant, file, limiter=call.hub.assembling)
        Path(file.name).unlink()
    return JSONResponse({"result": 1})


async def _writer(call: Call) -> Grant:
    grant = bearer(call, writes=True)

    await to_thread.run_sync(_check_writer, call, grant)
    return grant


def _check_writer(call: Call, grant: Grant) -> None:
    """Refuse a caller who may not upload there any more."""
    with call.hub.store.reading() as store:
        repository, caller = grant.find(call, store), grant.caller(call.hub)
    if caller is None or not caller.may(Role.DISCUSS, repository.name):
        raise HubError(403, "This Xet token is for something else")


async def _receive(call: Call, file: IO[bytes], limit: int) -> None:
    """Write a body to a file; 413 if it is larger than the limit."""
    size = 0
    async for piece in large_pieces(call.request.stream()):
        size += len(piece)
        if size > limit:
            raise HubError(413, f"The body is larger than the {limit} bytes that are read here")
        await to_thread.run_sync(file.write, piece, limiter=call.hub.writers)
    file.seek(0)


def _keep_xorb(call: Call, grant: Grant, file: IO[bytes]) -> bool:
    announced, chunks = from_hex(call.parameters["hash"]), []
    with call.hub.blobs.temporary() as content:
        for chunk, data in xorbs.read_xorb(file):
            chunks.append(chunk)
            content.write(data)
        content.flush()
        if not chunks or xorb_hash(chunks) != announced:
            raise HubError(400, "The xorb's hash is not that of its chunks")
        return call.hub.xet.keep(grant.repository, announced, chunks, Path(content.name))


def _store_files(call: Call, grant: Grant, file: IO[bytes]) -> None:
    hub = call.hub
    assembly = Assembly(hub.blobs, hub.xet, grant.repository, readable(call, grant))
    used: set[bytes] = set()
    with hub.xet.assembling(grant.repository):
        for each in shards.read_files(file):
            if _is_erased(call, grant, each.sha256):
                # The commit is refused with the reason, which clients do not show of an error here.
                hub.xet.discard(grant.repository, {term.xorb for term in each.terms()})
                hub.xet.rename_cache(grant.repository)
                continue
            used.update(term.xorb for term in each.terms())
            try:
                assembly.store(each)
            except UnknownChunksError:
                hub.xet.rename_cache(grant.repository)
                raise
            with hub.store.writing() as store:
                store.add_object(grant.find(call, store), each.sha256)
        allowed = readable(call, grant)
        hub.xet.discard(grant.repository, [xorb for xorb in used if hub.xet.complete(xorb, allowed)])


def _is_erased(call: Call, grant: Grant, sha256: str) -> bool:
    with call.hub.store.reading() as store:
        return store.erased(grant.find(call, store), sha256) is not None


ROUTES = (
    signed_streaming(f"{STORE}/v1/xorbs/default/(?P<hash>{HASH})", receive_xorb),
    signed_streaming(f"{STORE}/v1/shards", receive_shard),
)
