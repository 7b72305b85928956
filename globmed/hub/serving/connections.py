"""Limits on connections: their number, the time for a head or a body, and the time without reading a response.

uvicorn waits for the rest of a request forever; a few hundred half-sent ones would block all other clients.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: From the connection to the first byte of a request; it costs next to nothing, and is closed if others need the room.
SILENT_SECONDS = 300.0
#: From the first byte of a request to the end of its headers.
HEAD_SECONDS = 15.0
#: A body must deliver at least this many bytes per interval, unless the server itself stopped reading it.
BODY_SECONDS, BODY_BYTES = 30.0, 32 * 1024
#: Between two requests: far longer than clients keep a connection that they do not use (httpx: 5 s). If both gave it up
#: after the same time, a request sent at that moment would be reset.
KEEP_ALIVE_SECONDS = 75
#: A client must read part of its response within this time.
WRITE_SECONDS = 60.0

_REFUSAL = "HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class LimitedProtocol(H11Protocol):
    """HTTP/1.1 with limits; over the limit of connections, the one that has kept the server waiting longest is closed.

    Subclasses set other limits.
    """

    silent_seconds, head_seconds = SILENT_SECONDS, HEAD_SECONDS
    body_seconds, write_seconds = BODY_SECONDS, WRITE_SECONDS
    keep_alive_seconds = KEEP_ALIVE_SECONDS
    max_connections: int | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.timeout_keep_alive = self.keep_alive_seconds
        self._silent: asyncio.TimerHandle | None = None
        self._head: asyncio.TimerHandle | None = None
        self._body: asyncio.TimerHandle | None = None
        self._write: asyncio.TimerHandle | None = None
        self._received = 0
        self._since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection, or refuse it if all others are busy."""
        super().connection_made(transport)
        self._silent = self.loop.call_later(self.silent_seconds, self._too_slow)
        if self.max_connections is not None and len(self.connections) > self.max_connections:
            waiting = [each for each in self.connections if isinstance(each, LimitedProtocol) and each.waits]
            oldest = min(waiting, key=lambda each: each._since, default=self)
            oldest.refuse("503 Service Unavailable")

    @property
    def waits(self) -> bool:
        """True until the client has finished its request, and on a new connection."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request."""
        _cancel(self._silent)
        self._received += len(data)
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Get ready for the next request."""
        super().on_response_complete()
        self._since = self.loop.time()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._silent, self._head, self._body, self._write):
            _cancel(timer)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Note that the client reads more slowly than the server sends."""
        super().pause_writing()
        self._write = self._write or self.loop.call_later(self.write_seconds, self._does_not_read)

    def resume_writing(self) -> None:
        """Note that the client reads."""
        super().resume_writing()
        _cancel(self._write)
        self._write = None

    def refuse(self, status: str) -> None:
        """Close the connection; say why if no response has begun."""
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self.transport.write(_REFUSAL.format(status).encode())
        self.transport.close()

    def _watch(self) -> None:
        """Start and stop the timers as the state of the request asks for."""
        state = self.conn.their_state
        if state is h11.IDLE:
            if self._head is None and self.conn.trailing_data[0]:
                self._head = self.loop.call_later(self.head_seconds, self._too_slow)
        else:
            _cancel(self._head)
            self._head = None
        if state is not h11.SEND_BODY:
            _cancel(self._body)
            self._body = None
        elif self._body is None:
            self._begin_window()

    def _begin_window(self) -> None:
        self._received = 0
        self._body = self.loop.call_later(self.body_seconds, self._end_window)

    def _end_window(self) -> None:
        if self._received < BODY_BYTES and not self.flow.read_paused:
            self._too_slow()
        else:
            self._begin_window()

    def _too_slow(self) -> None:
        self.refuse("408 Request Timeout")

    def _does_not_read(self) -> None:
        self.transport.abort()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
