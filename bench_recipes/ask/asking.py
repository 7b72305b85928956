"""Asking a model in its own words: inspect-ai's providers, behind the recorder where the answers are paid for."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from inspect_ai.model import GenerateConfig, ModelOutput, get_model
from inspect_ai.model import Model as Asked
from tenacity import RetryError

from bench_recipes.ask.recorder import MALFORMED, NO_JSON, PAYMENT, READY, WAITING, Target
from bench_recipes.models import Model
from bench_recipes.results import Outcome
from globmed.cli.console import stderr
from globmed.errors import UserError

MAX_CONNECTIONS = 16
#: Prompts of one batch, for weights that are loaded here.
BATCH = 16
#: So many errors before a first answer are a fault of the set-up.
HOPELESS = 10
#: Seconds; a server that limits its requests may keep one waiting for hours.
LONGEST_WAIT = 86_400.0
NO_RIGHT, NOT_FOUND, FORBIDDEN = 401, 404, 403
#: Characters.
LONGEST_ERROR = 300
#: Why a model stopped at its limit of tokens. A decoded text may have fewer than were made: a template's are left out.
LIMIT, NEARLY = "max_tokens", 0.9


class StoppedError(UserError):
    """Nothing more can be asked, and everything that was answered is kept."""


@dataclass(frozen=True)
class Question:
    """A prompt and the tokens that its answer may have."""

    prompt: str
    max_tokens: int


@dataclass(frozen=True)
class Reply:
    """What came back, or the `error` that came instead; `served` as the server names its model."""

    text: str = ""
    stop: str = "stop"
    refused: bool = False
    served: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    error: str | None = None
    #: What an error counts as.
    outcome: Outcome = "error"
    #: Whether an error may be one of the set-up, so that no request would fare better.
    of_setup: bool = True


@dataclass(frozen=True)
class Served:
    """A model behind an OpenAI-compatible address, and the key for it."""

    model: Model
    base_url: str
    key: str = field(repr=False)

    @property
    def target(self) -> Target:
        """What the recorder has to know."""
        return Target(self.base_url, self.model.price_in or 0.0, self.model.price_out or 0.0)


@dataclass(frozen=True)
class Ask:
    """One model, ready to be asked; ``count`` counts the tokens of a text where a reply counts those of its batch."""

    asked: Asked
    runner: asyncio.Runner
    count: Callable[[str], int] | None = None

    def __call__(self, questions: Sequence[Question], answered: Callable[[], None] = lambda: None) -> list[Reply]:
        """Ask all questions at once, as many at a time as the model allows; ``answered`` is told of each.

        Raises:
            StoppedError: the key, the model's name, the budget or the account stand in the way, or everything fails.
        """
        return self.runner.run(self._all(questions, answered))

    async def _all(self, questions: Sequence[Question], answered: Callable[[], None]) -> list[Reply]:
        errors = 0

        async def one(question: Question) -> Reply:
            nonlocal errors
            reply = await self._one(question)
            errors = errors + 1 if reply.error and reply.of_setup and errors >= 0 else -1
            if errors == (min(HOPELESS, len(questions)) if reply.outcome == "error" else HOPELESS):
                raise StoppedError(f"{errors} of {errors} requests failed; the last: {reply.error}")
            answered()
            return reply

        tasks = [asyncio.create_task(one(question)) for question in questions]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, question: Question) -> Reply:
        try:
            output = await self.asked.generate(question.prompt, config=GenerateConfig(max_tokens=question.max_tokens))
        except Exception as error:
            return _failed(error)
        reply = _reply(output)
        return replace(reply, stop=LIMIT) if self._cut(reply, question) else reply

    def _cut(self, reply: Reply, question: Question) -> bool:
        """Return whether a reply ends where its tokens do, whatever reason is given for its end."""
        if reply.stop not in ("stop", "unknown") or reply.output_tokens != question.max_tokens:
            return False
        return self.count is None or self.count(reply.text) >= NEARLY * question.max_tokens


@contextmanager
def serving(
    served: Sequence[Served], answers: Path, budget: float | None = None, max_connections: int = MAX_CONNECTIONS
) -> Iterator[list[Ask]]:
    """Served models behind one recorder, which keeps their answers and ends with the block.

    Raises:
        UserError: the recorder cannot start.
    """
    with recording([one.target for one in served], answers, budget) as path, asyncio.Runner() as runner:
        yield [Ask(_over_http(one, number, path, max_connections), runner) for number, one in enumerate(served)]


@contextmanager
def in_memory(folder: Path, device: str | None = None, batch: int = BATCH) -> Iterator[Ask]:
    """Weights in a folder, loaded here; greedy, and without thoughts where the chat template knows how."""
    with asyncio.Runner() as runner:
        asked = get_model(
            f"hf/{folder.name}",
            config=GenerateConfig(max_connections=batch, max_retries=0),
            memoize=False,
            model_path=str(folder),
            device=device,
            do_sample=False,
            enable_thinking=False,
            use_safetensors=True,
            dtype="auto",
        )
        yield Ask(asked, runner, lambda text: len(asked.api.tokenizer(text)["input_ids"]))  # type: ignore[attr-defined]


def _over_http(served: Served, number: int, path: Path, max_connections: int) -> Asked:
    import httpx2
    from openai import DefaultAsyncHttpxClient

    transport = httpx2.AsyncHTTPTransport(uds=str(path), limits=httpx2.Limits(max_connections=None))
    return get_model(
        f"openai-api/served/{served.model.id}",
        config=_config(served.model, max_connections),
        base_url=f"http://recorder/{number}",
        api_key=served.key,
        memoize=False,
        # The recorder waits and tries again: nobody else does, and nobody gives up before it.
        max_retries=0,
        client_timeout=LONGEST_WAIT,
        http_client=DefaultAsyncHttpxClient(transport=transport),
        stream=False,
    )


@contextmanager
def recording(targets: Sequence[Target], answers: Path, budget: float | None) -> Iterator[Path]:
    """Yield the socket of a recorder in a process of its own, which outlives this one by the answers under way.

    Raises:
        UserError: it cannot start.
    """
    with (
        tempfile.TemporaryDirectory(prefix="globmed-bench-", ignore_cleanup_errors=True) as place,
        tempfile.TemporaryFile("w+") as errors,
    ):
        path = Path(place) / "socket"
        command = [sys.executable, "-m", "bench_recipes.ask.recorder", "--socket", str(path), "--answers", str(answers)]
        command += ["--targets", json.dumps([asdict(target) for target in targets])]
        command += [] if budget is None else ["--budget", str(budget)]
        with subprocess.Popen(  # noqa: S603 -- our own command
            command,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Neither Ctrl-C nor a signal to the run's process group reaches it.
            start_new_session=True,
        ) as process:
            assert process.stdout is not None  # noqa: S101 -- it was asked for
            line = process.stdout.readline().strip()
            if line == WAITING:
                stderr.print("waiting for the answers that a run before this one had under way")
                line = process.stdout.readline().strip()
            if line != READY:
                errors.seek(0)
                said = errors.read().strip().splitlines()[-1:] or ["it ended at once"]
                raise UserError(f"{answers}: the recorder of answers did not start: {said[0]}")
            yield path


def _reply(output: ModelOutput) -> Reply:
    content = output.message.content
    refused = not isinstance(content, str) and any(getattr(part, "refusal", None) for part in content)
    usage = output.usage
    if output.stop_reason == "model_length" and usage is None:
        # The prompt is too long: what stands in the place of an answer is the server's error.
        return Reply(error=output.completion[:LONGEST_ERROR])
    return Reply(
        output.completion,
        output.stop_reason,
        refused,
        output.model,
        usage.input_tokens if usage else None,
        usage.output_tokens if usage else None,
    )


def _failed(error: Exception) -> Reply:
    """A moderated request is filtered, another one failed; where the next would fare no better, all stops."""
    if isinstance(error, RetryError):
        error = error.last_attempt.exception() or error  # type: ignore[assignment]
    status: Any = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    told = body.get("message") if isinstance(body, dict) else getattr(error, "provider_message", None)
    said = " ".join(str(told or error).split())
    if status == PAYMENT:
        raise StoppedError(f"{said}; the same command with more goes on where this one stopped") from error
    if status == NO_RIGHT:  # what is said of it may hold the key
        raise StoppedError("the server refuses the key: check it, and start the same command again") from None
    if status == NOT_FOUND:
        raise StoppedError(f"no such model or address: {said}") from error
    if status == FORBIDDEN and "moderation" in said:
        return Reply(stop="content_filter")
    kind = body.get("type") if isinstance(body, dict) else None
    if kind in (MALFORMED, NO_JSON):
        return Reply(error=said[:LONGEST_ERROR], outcome="malformed", of_setup=kind == NO_JSON)
    return Reply(error=said[:LONGEST_ERROR])


def _config(model: Model, max_connections: int) -> GenerateConfig:
    """Greedy; models that think take no temperature."""
    return GenerateConfig(
        max_connections=max_connections,
        max_retries=0,
        temperature=None if model.reasoning else 0.0,
    )
