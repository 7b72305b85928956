"""A line to a Hub on which one request can be held back until something else has happened."""

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        address = urlsplit(self.hub)
        with socket.create_connection((address.hostname or "", address.port or 80)) as server:
            back = threading.Thread(target=_pour, args=(server, client), daemon=True)
            back.start()
            while said := client.recv(65536):
                if not self.waits.is_set() and self.wanted.match(said):
                    # A request that has begun: an idle connection the Hub would close.
                    server.sendall(said[:1])
                    said = said[1:]
                    self.waits.set()
                    self.goes_on.wait(SECONDS)
                server.sendall(said)


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


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while said := source.recv(65536):
            target.sendall(said)
        target.shutdown(socket.SHUT_RDWR)
