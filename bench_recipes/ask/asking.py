"""Ask a model for generated text: inspect-ai's providers, behind the recorder if the answers are paid for."""

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
from globmed.cli.console import stderr
from globmed.errors import UserError
from globmed.records.results import Outcome

MAX_CONNECTIONS = 16
#: Prompts per batch, for weights that are loaded in this process.
BATCH = 16
#: This many errors before a first answer indicate a fault in the setup.
HOPELESS = 10
#: Seconds; a server with a rate limit may make a request wait for hours.
LONGEST_WAIT = 86_400.0
NO_RIGHT, NOT_FOUND, FORBIDDEN = 401, 404, 403
#: Characters.
LONGEST_ERROR = 300
#: The stop reason at the token limit. A decoded text may have fewer tokens than generated: a template's are left out.
LIMIT, NEARLY = "max_tokens", 0.9


class StoppedError(UserError):
    """The run cannot continue; all answers so far are kept."""


@dataclass(frozen=True)
class Question:
    """A prompt and the maximum number of tokens of its answer."""

    prompt: str
    max_tokens: int


@dataclass(frozen=True)
class Reply:
    """The answer, or the `error` in its place; `served` is the server's name for its model."""

    text: str = ""
    stop: str = "stop"
    refused: bool = False
    served: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    error: str | None = None
    #: The outcome that an error counts as.
    outcome: Outcome = "error"
    #: Whether an error may be a fault in the setup, so that every request would fail.
    of_setup: bool = True


@dataclass(frozen=True)
class Served:
    """A model behind an OpenAI-compatible address, and the key for it."""

    model: Model
    base_url: str
    key: str = field(repr=False)

    @property
    def target(self) -> Target:
        """Return the settings that the recorder needs."""
        return Target(self.base_url, self.model.price_in or 0.0, self.model.price_out or 0.0)


@dataclass(frozen=True)
class Ask:
    """A loaded or served model; ``count`` counts a text's tokens if a reply only has those of its batch."""

    asked: Asked
    runner: asyncio.Runner
    count: Callable[[str], int] | None = None

    def __call__(self, questions: Sequence[Question], answered: Callable[[], None] = lambda: None) -> list[Reply]:
        """Ask all questions concurrently, up to the model's limit, and call ``answered`` after each reply.

        Raises:
            StoppedError: the key, the model's name, the budget or the account is refused, or every request fails.
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
        reply = reply_of(output)
        return replace(reply, stop=LIMIT) if self._cut(reply, question) else reply

    def _cut(self, reply: Reply, question: Question) -> bool:
        """Return whether a reply ends at its token limit, whatever stop reason is given."""
        if reply.stop not in ("stop", "unknown") or reply.output_tokens != question.max_tokens:
            return False
        return self.count is None or self.count(reply.text) >= NEARLY * question.max_tokens


@contextmanager
def serving(
    served: Sequence[Served], answers: Path, budget: float | None = None, max_connections: int = MAX_CONNECTIONS
) -> Iterator[list[Ask]]:
    """Yield served models behind one recorder, which stores their answers and ends with the block.

    Raises:
        UserError: the recorder cannot start.
    """
    with recording([one.target for one in served], answers, budget) as path, asyncio.Runner() as runner:
        yield [Ask(_over_http(one, number, path, max_connections), runner) for number, one in enumerate(served)]


@contextmanager
def in_memory(folder: Path, device: str | None = None, batch: int = BATCH, dtype: str = "auto") -> Iterator[Ask]:
    """Load weights from a folder; decoding is greedy, and without thoughts if the chat template can disable them."""
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
            dtype=dtype,
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
        # Only the recorder waits and retries, and nothing times out before it.
        max_retries=0,
        client_timeout=LONGEST_WAIT,
        http_client=DefaultAsyncHttpxClient(transport=transport),
        stream=False,
    )


@contextmanager
def recording(targets: Sequence[Target], answers: Path, budget: float | None) -> Iterator[Path]:
    """Yield the socket of a recorder in a separate process, which outlives this one until all pending answers arrived.

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
            # So that neither Ctrl-C nor a signal to the run's process group reaches it.
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


def reply_of(output: ModelOutput) -> Reply:
    """Return the reply that a provider's output is; a prompt that was too long is an error."""
    content = output.message.content
    refused = not isinstance(content, str) and any(getattr(part, "refusal", None) for part in content)
    usage = output.usage
    if output.stop_reason == "model_length" and usage is None:
        # The prompt is too long: the completion is the server's error, not an answer.
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
    """Return the reply for an error: filtered or failed; raise `StoppedError` if every other request would fail too."""
    if isinstance(error, RetryError):
        error = error.last_attempt.exception() or error  # type: ignore[assignment]
    status: Any = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    told = body.get("message") if isinstance(body, dict) else getattr(error, "provider_message", None)
    said = " ".join(str(told or error).split())
    if status == PAYMENT:
        raise StoppedError(f"{said}; with more budget or credit the same command resumes") from error
    if status == NO_RIGHT:  # the server's message may contain the key
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
    """Return the settings of greedy decoding; reasoning models accept no temperature."""
    return GenerateConfig(
        max_connections=max_connections,
        max_retries=0,
        temperature=None if model.reasoning else 0.0,
    )
