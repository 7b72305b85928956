"""Time limits and the limit of connections, made short."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2 as httpx
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from globmed.hub.serving.connections import LimitedProtocol

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Quick(LimitedProtocol):
    """Limits that a test can wait for."""

    silent_seconds, head_seconds, body_seconds, write_seconds = 1.5, 0.3, 0.3, 0.3
    max_connections = 4


class Patient(Quick):
    """Limits that a busy machine keeps; a connection may be silent for longer than any test takes."""

    silent_seconds, body_seconds = 60.0, 1.0


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the size of the body, or with much if that is asked for."""
    request = Request(scope, receive)
    if request.url.path == "/much":

        async def much() -> AsyncIterator[bytes]:
            for _ in range(200):
                yield b"x" * 1_000_000

        await StreamingResponse(much())(scope, receive, send)
        return
    await PlainTextResponse(str(len(await request.body())))(scope, receive, send)


def served(test: Callable[[int], Awaitable[None]], protocol: type[LimitedProtocol] = Quick) -> None:
    """Run a test against a server with limits on a free port."""

    async def run() -> None:
        config = uvicorn.Config(echo, port=0, http=protocol, ws="none", lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            await asyncio.wait_for(test(port), 60)
        finally:
            server.should_exit = True
            await task

    asyncio.run(run())


async def closed(streams: Streams) -> bytes:
    """Return what comes until the server closes the connection."""
    with contextlib.suppress(ConnectionError):
        return await streams[0].read()
    return b""


def test_a_client_gives_up_an_idle_connection_before_the_server_does() -> None:
    """Else a request that it sends at the moment of closing is reset."""
    kept_by_clients = httpx.Limits().keepalive_expiry or 0.0
    assert kept_by_clients > 1

    async def test(port: int) -> None:
        streams = await asyncio.open_connection("127.0.0.1", port)
        streams[1].write(GET)
        assert (await streams[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert await streams[0].readexactly(1) == b"0"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(streams[0].read(1), kept_by_clients + 0.5)

    served(test, LimitedProtocol)


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTT", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n12", GET + b"GET /"],
    ids=["nothing", "half a head", "half a body", "half a second head"],
)
def test_a_request_that_does_not_end_is_ended(sent: bytes) -> None:
    async def test(port: int) -> None:
        streams = await asyncio.open_connection("127.0.0.1", port)
        streams[1].write(sent)
        answer = await closed(streams)
        assert answer.endswith(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200" if sent.startswith(GET) else b"HTTP/1.1 408")
        streams[1].close()

    served(test)


def test_a_connection_may_be_silent_for_longer_than_a_head_may_take() -> None:
    """A client, or a proxy, opens it before it has something to ask."""

    async def test(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(2 * Quick.head_seconds)
        writer.write(GET)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()

    served(test, Patient)


def test_a_head_that_comes_byte_by_byte_is_ended_too() -> None:
    async def test(port: int) -> None:
        streams = await asyncio.open_connection("127.0.0.1", port)
        answer = asyncio.create_task(closed(streams))
        for byte in b"GET / HTTP/1.1\r\nX: " + b"x" * 10_000:
            if answer.done():
                break
            with contextlib.suppress(ConnectionError):
                streams[1].write(bytes([byte]))
                await streams[1].drain()
            await asyncio.sleep(0.02)
        sent_whole = not answer.done()
        await answer
        assert not sent_whole

    served(test)


def test_a_body_that_comes_slowly_but_surely_is_taken() -> None:
    async def test(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1500000\r\n\r\n")
        for _ in range(15):
            writer.write(b"x" * 100_000)
            await writer.drain()
            await asyncio.sleep(0.1)
        assert (await reader.readuntil(b"1500000")).startswith(b"HTTP/1.1 200")
        writer.close()

    served(test, Patient)


def test_a_client_that_does_not_read_is_left() -> None:
    async def test(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readexactly(10)
        await asyncio.sleep(1)
        assert len(await closed((reader, writer))) < 200_000_000
        writer.close()

    served(test)


def test_over_the_limit_the_connection_that_has_waited_longest_makes_room() -> None:
    async def test(port: int) -> None:
        held: list[Any] = [await asyncio.open_connection("127.0.0.1", port) for _ in range(Quick.max_connections or 0)]
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GET)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            held.append((reader, writer))
        assert (await closed(held[0])).startswith(b"HTTP/1.1 503")
        for _, writer in held:
            writer.close()

    served(test, Patient)
