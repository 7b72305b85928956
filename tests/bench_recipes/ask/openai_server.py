"""Serve OpenAI's protocol to tests over real HTTP: ``python -m tests.bench_recipes.ask.openai_server --log FILE``.

What it answers follows from the hash of the prompt alone, so that any two runs see the same model. Of the prompts,
some are refused, some blocked by a content filter, some rejected, as the shares say; of the requests, some fail first
with 429 or 500. A request that comes while a ``Retry-After`` still runs is noted as impatient.
Every request that gets as far as an answer, which a provider would bill, is a line of the log: the hash of its body.
A prompt that asks for one of the bodies of `odd_bodies` gets it, as often as the server is told.
"""

import argparse
import asyncio
import hashlib
import json
import math
import random
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.bench_recipes.ask.odd_bodies import asked_for

KEY = "test-key"
IMPATIENT = "impatient"
#: Seconds in which a request that was on its way may still come.
GRACE = 0.1
REFUSAL = "I'm sorry, but I cannot help with that."
LABEL = re.compile(r"^([A-J])\. ", re.M)
ANSWERS = "A patient should drink water, rest, and see a doctor if the fever lasts for more than three days."


@dataclass(frozen=True)
class Behaviour:
    """Seconds an answer takes; shares of prompts or requests, from 0 to 1; how often a prompt gets an odd body."""

    latency: float = 0.0
    refuse: float = 0.0
    filter: float = 0.0
    reject: float = 0.0
    limit: float = 0.0
    fail: float = 0.0
    retry_after: float = 0.05
    odd: float = math.inf


NORMAL = Behaviour()


class Model:
    """Answers, and counts what it answered."""

    def __init__(self, behaviour: Behaviour, log: Path) -> None:
        self.behaviour, self.log = behaviour, log.open("a")
        self.quiet_until = 0.0
        self.random = random.Random()  # noqa: S311 -- faults
        self.odd: Counter[str] = Counter()

    async def chat(self, request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if given not in (f"Bearer {KEY}", "Bearer none"):
            return _error(401, "invalid_api_key", f"Incorrect API key provided: {given}")
        body = await request.body()
        asked = json.loads(body)
        if GRACE < self.quiet_until - time.monotonic() < self.behaviour.retry_after - GRACE:
            self._note(IMPATIENT)
        drawn = self.random.random()
        if drawn < self.behaviour.limit:
            self.quiet_until = time.monotonic() + self.behaviour.retry_after
            wait = {"retry-after": str(self.behaviour.retry_after)}
            return _error(429, "rate_limit_exceeded", "slow down", wait)
        if drawn < self.behaviour.limit + self.behaviour.fail:
            return _error(500, "server_error", "try again")
        await asyncio.sleep(self.behaviour.latency * self.random.uniform(0.5, 1.5))
        prompt = str(asked["messages"][-1]["content"])
        self._note(hashlib.sha256(body).hexdigest())
        odd = asked_for(prompt)
        self.odd[prompt] += 1
        return odd if odd and self.odd[prompt] <= self.behaviour.odd else self._answer(asked, prompt)

    def _note(self, line: str) -> None:
        self.log.write(line + "\n")
        self.log.flush()

    def _answer(self, asked: dict[str, Any], prompt: str) -> JSONResponse:
        number = int(hashlib.sha256((asked["model"] + prompt).encode()).hexdigest()[:12], 16)
        share = number % 10_000 / 10_000
        if share < self.behaviour.filter:
            return _error(400, "content_filter", "The response was filtered")
        if share > 1 - self.behaviour.reject:
            code = "context_length_exceeded" if number % 2 else "invalid_request_error"
            return _error(400, code, "this prompt is rejected")
        refused = share < self.behaviour.filter + self.behaviour.refuse
        text = REFUSAL if refused else reply_to(prompt, number)
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if refused and number % 2:
            message = {"role": "assistant", "content": None, "refusal": text}
        return JSONResponse(
            {
                "id": f"chatcmpl-{number}",
                "object": "chat.completion",
                "created": 0,
                "model": asked["model"] + "-served",
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {
                    "prompt_tokens": len(prompt) // 4,
                    "completion_tokens": len(text) // 4 + 1,
                    "total_tokens": len(prompt) // 4 + len(text) // 4 + 1,
                },
            }
        )


def reply_to(prompt: str, number: int) -> str:
    """Return a mark for a judge, a letter where options are listed, else a sentence."""
    if '"mark"' in prompt:
        return json.dumps({"reason": "made up", "mark": number % 5}) if number % 7 else "no mark"
    labels = LABEL.findall(prompt)
    if labels:
        return f"The answer is {labels[number % len(labels)]}."
    return (f"{'Yes' if number % 2 else 'No'}. " if number % 3 else "") + ANSWERS


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "type": code, "code": code}}, status, headers)


@contextmanager
def running(log: Path, behaviour: Behaviour = NORMAL) -> Iterator[str]:
    """Yield the address of a server in a process of its own, which ends with the block."""
    options = [f"--{field.name.replace('_', '-')}={getattr(behaviour, field.name)}" for field in fields(Behaviour)]
    command = [sys.executable, "-m", "tests.bench_recipes.ask.openai_server", "--log", str(log)]
    with subprocess.Popen(command + options, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def billed(log: Path) -> Counter[str]:
    """How often each request was answered, by the hash of its body."""
    return Counter(line for line in _lines(log) if line != IMPATIENT)


def impatient(log: Path) -> int:
    """How many requests came while they were asked to wait."""
    return _lines(log).count(IMPATIENT)


def _lines(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, required=True)
    for field in fields(Behaviour):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    options = vars(parser.parse_args())
    model = Model(Behaviour(**{field.name: options[field.name] for field in fields(Behaviour)}), options["log"])
    routes = [Route("/v1/chat/completions", model.chat, methods=["POST"])]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}/v1\n")
        sys.stdout.flush()
        # As providers do, it keeps idle connections longer than clients use them: else requests are reset now and then.
        config = uvicorn.Config(Starlette(routes=routes), log_level="critical", timeout_keep_alive=75)
        uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main()
