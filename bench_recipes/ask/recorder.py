"""A proxy between a run and a paid server: it stores every answer before it passes it on, and sends no request twice.

    python -m bench_recipes.ask.recorder --socket PATH --answers FILE --targets JSON

It is a separate process in its own session. When the run is killed, whatever the signal, it still collects the pending
answers, stores them, and ends; the next run waits for it. Only if both are killed at once (the machine stops) are the
pending requests, at most one per connection, sent again.

A response with status 200 that is not a chat completion is requested again, `MALFORMED_ATTEMPTS` times in all, and
never stored as an answer.

It also does the waiting: a 429 delays all requests until the server's ``Retry-After`` is over. A request that could
exceed the budget waits for the pending ones, and gets 402 once none of them could make room for it.
"""

import argparse
import asyncio
import json
import random
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench_recipes.ask.answers import Answer, Answers, key_of, opened
from bench_recipes.ask.completions import MalformedError, NoJSONError, completion, tokens
from bench_recipes.models import MILLION
from globmed.hub.serving.connections import KEEP_ALIVE_SECONDS
from globmed.storage.lock import locked_beside

READY, WAITING = "ready", "waiting"
PATH = "/chat/completions"
AGAIN = {408, 409, 429, 500, 502, 503, 504, 529}
TOO_MANY = 429
PAYMENT = 402
UNREACHABLE = 502
#: Blocked for its content: the same request would be blocked again.
FILTERED = ("content_filter", "content_policy_violation", "bio_policy", "moderation")
ATTEMPTS = 12
#: Attempts with a server that has not answered once.
FIRST_ATTEMPTS = 2
#: Attempts with a response of status 200 that is not a chat completion.
MALFORMED_ATTEMPTS = 3
#: The error code of such a response for the run, and a status that no API sends.
MALFORMED, NO_JSON = "malformed", "no_json"
LONGEST_WAIT = 60.0
SENT = ("authorization", "content-type", "user-agent")
CONNECT_SECONDS, ANSWER_SECONDS = 15.0, 600.0


@dataclass(frozen=True, slots=True)
class Target:
    """An OpenAI-compatible address, and its price per million tokens."""

    base_url: str
    price_in: float = 0.0
    price_out: float = 0.0

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """Return the cost of these tokens in US dollars."""
        return (input_tokens * self.price_in + output_tokens * self.price_out) / MILLION


class Recorder:
    """Forwards requests, once each."""

    def __init__(
        self, targets: Sequence[Target], answers: Answers, client: httpx2.AsyncClient, budget: float | None
    ) -> None:
        self.targets, self.answers, self.client, self.budget = targets, answers, client, budget
        self.spent = answers.spent()
        self.reserved: dict[str, float] = {}
        self.freed = asyncio.Condition()
        self.under_way: dict[str, asyncio.Task[Answer]] = {}
        self.quiet_until = [0.0 for _ in targets]
        self.reached = False
        self.closing = False

    async def answer(self, request: Request) -> Response:
        """Return the stored answer to a request, or send it to the server."""
        number: int = request.path_params["number"]
        body = await request.body()
        key = key_of(self.targets[number].base_url, body)
        found = self._kept(key)
        if found is None:
            if key not in self.under_way:
                headers = {name: request.headers[name] for name in SENT if name in request.headers}
                self.under_way[key] = asyncio.create_task(self._ask(key, number, body, headers))
            # The client may be killed; the answer is still awaited.
            found = await asyncio.shield(self.under_way[key])
        answered = completion(found.body) if found.status == httpx2.codes.OK else found.body
        return Response(answered, found.status, media_type="application/json")

    def stop(self, server: uvicorn.Server) -> None:
        """Accept no new requests, and end the server."""
        self.closing = server.should_exit = True
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())

    async def finish(self) -> None:
        """Wait for the pending answers."""
        await asyncio.gather(*self.under_way.values(), return_exceptions=True)

    def _kept(self, key: str) -> Answer | None:
        """Return the stored answer; one that is not a chat completion is discarded."""
        found = self.answers.get(key)
        if found is None or found.status != httpx2.codes.OK or _malformed(found.body) is None:
            return found
        self.answers.discard(key, found)
        return None

    async def _ask(self, key: str, number: int, body: bytes, headers: dict[str, str]) -> Answer:
        try:
            async with self._reserved(key, self._dearest(number, body)) as refused:
                answer = refused or await self._insist(key, number, body, headers)
                if answer.status == httpx2.codes.OK or _filtered(answer):
                    self.answers.add(key, answer)
                    self.spent += answer.dollars
            return answer
        finally:
            del self.under_way[key]

    async def _insist(self, key: str, number: int, body: bytes, headers: dict[str, str]) -> Answer:
        """Send the request until the server gives a final answer."""
        answer, malformed = _error(UNREACHABLE, "the run ended"), 0
        for attempt in range(ATTEMPTS):
            await self._sleep(lambda: self.quiet_until[number])
            if self.closing:
                break
            answer, retry_after = await self._send(self.targets[number], body, headers)
            if (fault := _malformed(answer.body)) and answer.status == httpx2.codes.OK:
                self._discard(key, answer)
                malformed += fault.status is None
                answer = _in_place_of(answer, fault)
            if answer.status not in AGAIN or malformed == MALFORMED_ATTEMPTS or not self._fits(0.0):
                break
            if attempt >= FIRST_ATTEMPTS and not self.reached:
                break
            if b"insufficient_quota" in answer.body:
                return _error(PAYMENT, "the provider says that the account has no quota left")
            wait = min(LONGEST_WAIT, 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311 -- spreads the next tries
            until = time.monotonic() + (retry_after or wait)
            if answer.status == TOO_MANY:
                self.quiet_until[number] = max(self.quiet_until[number], until)
            else:
                await self._sleep(lambda until=until: until)  # type: ignore[misc]
        return answer

    def _discard(self, key: str, answer: Answer) -> None:
        self.answers.discard(key, answer)
        self.spent += answer.dollars

    async def _sleep(self, until: Callable[[], float]) -> None:
        """Wait until a time that may be postponed meanwhile, or until the run ends."""
        while (left := until() - time.monotonic()) > 0 and not self.closing:
            await asyncio.sleep(min(left, 0.1))

    async def _send(self, target: Target, body: bytes, headers: dict[str, str]) -> tuple[Answer, float]:
        """Send one request; return the answer, and the seconds to wait that the server requests."""
        received = bytearray()
        try:
            async with self.client.stream("POST", target.base_url + PATH, content=body, headers=headers) as response:
                self.reached = True
                with suppress(httpx2.HTTPError):  # the stream ends early: the body may be complete nevertheless
                    async for part in response.aiter_bytes():
                        received += part
        except httpx2.HTTPError as error:
            return _error(UNREACHABLE, f"{target.base_url}: {type(error).__name__} {error}".strip()), 0.0
        answer = bytes(received)
        used = tokens(answer) if response.status_code == httpx2.codes.OK else (0, 0)
        return Answer(response.status_code, answer, target.cost(*used)), _retry_after(response)

    def _dearest(self, number: int, body: bytes) -> float:
        """Return the maximum cost of an answer: a byte is at most one token."""
        asked = json.loads(body)
        most = asked.get("max_completion_tokens") or asked.get("max_tokens") or 0
        return self.targets[number].cost(len(body), most)

    @asynccontextmanager
    async def _reserved(self, key: str, most: float) -> AsyncIterator[Answer | None]:
        """Reserve budget for an answer; yield a refusal once no pending request could make room for it."""
        async with self.freed:
            await self.freed.wait_for(lambda: not self.reserved or self._fits(most))
            if not self._fits(most):
                refused = _error(PAYMENT, f"${self.spent:.4f} of the budget of ${self.budget:.4f} are spent")
            else:
                refused, self.reserved[key] = None, most
        if refused:
            yield refused
            return
        try:
            yield None
        finally:
            async with self.freed:
                del self.reserved[key]
                self.freed.notify_all()

    def _fits(self, most: float) -> bool:
        return self.budget is None or self.spent + sum(self.reserved.values()) + most <= self.budget


def _filtered(answer: Answer) -> bool:
    text = answer.body.decode("utf-8", "replace")
    return answer.status in (400, 403) and any(word in text for word in FILTERED)


def _malformed(body: bytes) -> MalformedError | None:
    try:
        completion(body)
    except MalformedError as fault:
        return fault
    return None


def _in_place_of(answer: Answer, fault: MalformedError) -> Answer:
    """Return an answer with the status of the error in it, or one that describes the malformed body."""
    if fault.status is not None:
        return Answer(fault.status, answer.body, answer.dollars)
    return _error(UNREACHABLE, str(fault), NO_JSON if isinstance(fault, NoJSONError) else MALFORMED)


def _error(status: int, message: str, kind: str = "recorder") -> Answer:
    return Answer(status, json.dumps({"error": {"message": message, "type": kind, "code": status}}).encode())


def _retry_after(response: httpx2.Response) -> float:
    try:
        return max(0.0, float(response.headers.get("retry-after", 0)))
    except ValueError:  # a date
        return 0.0


async def serve(path: Path, targets: Sequence[Target], answers: Answers, budget: float | None) -> None:
    """Serve on a Unix socket until standard input ends, then until nothing is pending."""
    timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    async with httpx2.AsyncClient(timeout=timeout, limits=httpx2.Limits(max_connections=None)) as client:
        recorder = Recorder(targets, answers, client, budget)
        application = Starlette(routes=[Route(f"/{{number:int}}{PATH}", recorder.answer, methods=["POST"])])
        config = uvicorn.Config(
            application, log_level="critical", lifespan="off", timeout_keep_alive=KEEP_ALIVE_SECONDS
        )
        server = uvicorn.Server(config)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
            listening.listen(1024)
            # The run holds the other end of the pipe and writes nothing: it is readable (end of file) once it ends.
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), recorder.stop, server)
            sys.stdout.write(f"{READY}\n")
            sys.stdout.flush()
            await server.serve([listening])
        await recorder.finish()


def main() -> None:
    """Serve once the recorder of an earlier run on these answers has ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--targets", type=json.loads, required=True)
    parser.add_argument("--budget", type=float)
    options = parser.parse_args()
    with (
        locked_beside(options.answers, waiting=lambda: print(WAITING, flush=True)),
        opened(options.answers) as answers,
    ):
        targets = [Target(**target) for target in options.targets]
        asyncio.run(serve(options.socket, targets, answers, options.budget))
    with suppress(OSError):  # left behind by a run that was killed
        options.socket.unlink()
        options.socket.parent.rmdir()


if __name__ == "__main__":
    main()
