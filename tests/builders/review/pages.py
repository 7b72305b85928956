"""The review page served in this process, for tests and browsers."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from builders.review.round import Round
from builders.review.serve.app import application


@contextmanager
def serving(round_: Round) -> Iterator[str]:
    """Yield the address of a server that ends with the block."""
    server = uvicorn.Server(uvicorn.Config(application(round_), port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
