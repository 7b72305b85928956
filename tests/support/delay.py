"""A line to a Hub on which one request can be held back until something else has happened."""

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SECONDS = 300


@dataclass(frozen=True, slots=True)
class Line:
    """What goes over it to ``hub``; the first request that ``wanted`` matches waits until it may go on."""

    hub: str
    wanted: re.Pattern[bytes]
    waits: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def carry(self, client: socket.socket) -> None:
        """Everything between a client and the Hub, both ways, until one of them hangs up."""
        with ExitStack() as stack:
            server = None
            while said := client.recv(65536):
                if not self.waits.is_set() and self.wanted.match(said):
                    self.waits.set()
                    # The Hub closes a connection over which nothing comes, or half a request.
                    if server is not None:
                        server.shutdown(socket.SHUT_RDWR)
                    server = None
                    self.goes_on.wait(SECONDS)
                if server is None:
                    server = self._connect(client, stack)
                server.sendall(said)

    def _connect(self, client: socket.socket, stack: ExitStack) -> socket.socket:
        """Return a connection to the Hub whose answers go to the client; it is closed with the stack."""
        address = urlsplit(self.hub)
        server = stack.enter_context(socket.create_connection((address.hostname or "", address.port or 80)))
        threading.Thread(target=self._pour, args=(server, client), daemon=True).start()
        return server

    def _pour(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                target.sendall(said)
            if not self.waits.is_set() or self.goes_on.is_set():
                target.shutdown(socket.SHUT_RDWR)


@contextmanager
def line(hub: str, wanted: str) -> Iterator[tuple[str, Line]]:
    """Yield the address of a line to a Hub, on which the first request waits whose first line ``wanted`` matches."""
    opened = Line(hub, re.compile(wanted.encode()))

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            opened.carry(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", opened
        finally:
            opened.goes_on.set()
            server.shutdown()
