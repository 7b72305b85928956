"""How many bytes clients send to a server, whatever they send them by."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PIECE_BYTES = 1024 * 1024


@contextmanager
def counted(address: str) -> Iterator[tuple[str, list[int]]]:
    """Yield another address of a server, and a list to which the sizes of what clients send there are added."""
    sizes: list[int] = []
    to = urlsplit(address)

    def copy(source: socket.socket, target: socket.socket, *, count: bool) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE_BYTES):
                if count:
                    sizes.append(len(data))
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection((str(to.hostname), int(to.port or 0)))
                for source, target in ((client, server), (server, client)):
                    threading.Thread(
                        target=copy, args=(source, target), kwargs={"count": source is client}, daemon=True
                    ).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", sizes
