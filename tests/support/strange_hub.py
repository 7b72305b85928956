"""A server that gives one answer to everything, as a Hub in trouble, a proxy or a hotel's login page does."""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PAGE = "<html><head><title>Log in</title></head><body>Welcome to our network</body></html>"


@dataclass
class StrangeHub:
    """Where it is, what it answers, and what it was asked."""

    status: int = 200
    body: str = PAGE
    kind: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def strange_hub(answer: StrangeHub) -> Iterator[StrangeHub]:
    """Serve the answer at a free port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer.asked.append(f"{self.command} {self.path}")
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {
                "Content-Type": answer.kind,
                "Content-Length": str(len(body)),
                **answer.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        answer.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield answer
        finally:
            server.shutdown()


@contextmanager
def silent_hub(answer: StrangeHub) -> Iterator[StrangeHub]:
    """Hang up on everybody without a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answer.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def hang_up() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                answer.asked.append("")
                connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        try:
            yield answer
        finally:
            listener.shutdown(socket.SHUT_RDWR)
