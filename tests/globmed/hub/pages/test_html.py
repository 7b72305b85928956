"""Pages as responses: to many slow readers in little memory; addresses, sizes."""

import asyncio
from typing import Any

import pytest

from globmed.hub.pages.html import PIECE_BYTES, PageResponse, place
from globmed.hub.serving.bodies import Memory
from globmed.hub.storage.store import Repository

DATASET = Repository(1, "dataset", "who/data", False, None, "2026-01-01T00:00:00.000Z")
MODEL = Repository(2, "model", "who/model", False, None, "2026-01-01T00:00:00.000Z")


async def _receive() -> dict[str, Any]:
    return {"type": "http.request"}


def test_readers_share_the_memory_for_pages_and_it_comes_back() -> None:
    memory = Memory(3 * PIECE_BYTES)
    text = "x" * (2 * PIECE_BYTES)

    async def run() -> tuple[list[int], int]:
        read = asyncio.Event()
        statuses: list[int] = []
        received = 0

        async def slow(message: Any) -> None:
            nonlocal received
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            elif message["body"]:
                await read.wait()
                received += len(message["body"])

        first = asyncio.create_task(PageResponse(memory, text)({"type": "http"}, _receive, slow))
        await asyncio.sleep(0)
        second = asyncio.create_task(PageResponse(memory, text)({"type": "http"}, _receive, slow))
        await asyncio.sleep(0)
        read.set()
        await asyncio.gather(first, second)
        await PageResponse(memory, text)({"type": "http"}, _receive, slow)
        return statuses, received

    statuses, received = asyncio.run(run())
    assert statuses == [200, 503, 200]
    assert received >= 2 * len(text)


@pytest.mark.parametrize(
    ("repository", "parts", "address"),
    [
        (DATASET, (), "/datasets/who/data"),
        (MODEL, ("tree", "main"), "/who/model/tree/main"),
        (DATASET, ("blob", "refs/pr/1", "a b/c#?.txt"), "/datasets/who/data/blob/refs%2Fpr%2F1/a%20b/c%23%3F.txt"),
        (DATASET, ("tree", "main", ""), "/datasets/who/data/tree/main"),
    ],
)
def test_addresses(repository: Repository, parts: tuple[str, ...], address: str) -> None:
    assert place(repository, *parts) == address
    assert place(repository, *parts, p=2, q="") == f"{address}?p=2"
