"""What a server sends with status 200: a chat completion in the one form that its client reads, or what is wrong.

OpenAI-compatible servers and the gateways before them differ from the specification, and from each other: contents in
parts, reasons to stop of their own, errors and HTML pages with status 200. The reference is
https://platform.openai.com/docs/api-reference/chat/object.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

#: Why a model stopped, as servers call it.
STOPS = {
    "length": ("length", "max_tokens", "max_output", "token_limit"),
    "content_filter": (
        *("content_filter", "safety", "recitation", "prohibited", "blocklist", "spii", "toxic", "sensitive", "refusal"),
    ),
    "tool_calls": ("tool_call", "function_call"),
    "error": ("error", "abort", "insufficient_system_resource"),
}
#: Errors that come with status 200, and the status that they belong to; what each is called is part of a longer name.
ERRORS = {
    "content_filter": HTTPStatus.BAD_REQUEST,
    "content_policy": HTTPStatus.BAD_REQUEST,
    "insufficient": HTTPStatus.PAYMENT_REQUIRED,
    "rate_limit": HTTPStatus.TOO_MANY_REQUESTS,
    "exhausted": HTTPStatus.TOO_MANY_REQUESTS,
    "overloaded": HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "timeout": HTTPStatus.GATEWAY_TIMEOUT,
    "server_error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "api_key": HTTPStatus.UNAUTHORIZED,
    "authentication": HTTPStatus.UNAUTHORIZED,
    "model_not_found": HTTPStatus.NOT_FOUND,
}
#: Characters.
LONGEST_MESSAGE, SHOWN = 200, 60


class MalformedError(ValueError):
    """A body that is no chat completion; ``status`` is the one that an error in it belongs to."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class NoJSONError(MalformedError):
    """A body of something else than an API: a page, a text, a stream."""


def completion(body: bytes) -> bytes:
    """Return a body as a chat completion with one choice: its text, its thoughts, why it stopped, what it used.

    Raises:
        MalformedError: it is none, or an error stands in its place.
    """
    whole = _object(body)
    if (error := _error(whole)) is not None:
        raise error
    choices = whole.get("choices")
    if not isinstance(choices, list) or not choices:
        raise MalformedError("no choices")
    choice = choices[0] if isinstance(choices[0], dict) else {}
    finish = _finish(choice.get("finish_reason"))
    if finish == "error" or choice.get("error"):
        raise _error(choice) or MalformedError("the answer ends with an error")
    message = choice.get("message")
    if not isinstance(message, dict):
        raise MalformedError("no message in the first choice")
    text, thoughts = _text(message.get("content"))
    told = {
        "role": "assistant",
        "content": text,
        "refusal": message.get("refusal"),
        "reasoning_content": thoughts or message.get("reasoning_content") or message.get("reasoning"),
    }
    plain = {
        "id": str(whole.get("id") or ""),
        "object": "chat.completion",
        "created": 0,
        "model": str(whole.get("model") or ""),
        "choices": [{"index": 0, "finish_reason": finish, "message": told}],
    }
    return json.dumps(plain | ({"usage": used} if (used := _usage(whole)) else {})).encode()


def tokens(body: bytes) -> tuple[int, int]:
    """Tokens in and out that a body says were used, even one that is no completion; 0 where it does not say."""
    try:
        used = _usage(_object(body)) or {}
    except MalformedError:
        used = {}
    return used.get("prompt_tokens", 0), used.get("completion_tokens", 0)


def _object(body: bytes) -> dict[str, Any]:
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise MalformedError("an empty body")
    if start.startswith((b"data:", b"event:", b"id:", b":")):
        raise NoJSONError("an event stream, which was not asked for")
    if start.startswith(b"<"):
        raise NoJSONError("an HTML page or XML")
    try:
        whole = json.loads(start)
    except (ValueError, RecursionError):
        if start.startswith(b"{"):
            raise MalformedError(f"JSON that is cut off or damaged: {_shown(start)}") from None
        raise NoJSONError(f"no JSON: {_shown(start)}") from None
    if not isinstance(whole, dict):
        raise MalformedError(f"no JSON object: {_shown(start)}")
    return whole


def _error(found: Mapping[str, Any]) -> MalformedError | None:
    """Return the error in an object, in the forms of OpenAI, of OpenRouter and of vLLM."""
    error = found if found.get("object") == "error" else found.get("error")
    told = error if isinstance(error, dict) else {"message": error}
    if not any(told.values()):
        return None
    message = " ".join(str(told.get("message") or error).split())[:LONGEST_MESSAGE]
    return MalformedError(f"an error in place of an answer: {message}", _status(told))


def _status(error: Mapping[str, Any]) -> int | None:
    """Return the status that an error names by number or by a name that is known."""
    names = [str(error.get(key) or "").casefold() for key in ("code", "type", "status")]
    for name in names:
        if name.isdecimal() and HTTPStatus.BAD_REQUEST <= int(name) < 600:
            return int(name)
    return next((int(status) for known, status in ERRORS.items() if any(known in name for name in names)), None)


def _finish(reason: object) -> str:
    """Why the model stopped, in OpenAI's word; what is unknown is an ordinary end."""
    name = str(reason or "").casefold()
    return next((stop for stop, known in STOPS.items() if any(word in name for word in known)), "stop")


def _text(content: object) -> tuple[str | None, str]:
    """Text and thoughts of a content, which is a string, null, or parts."""
    if not isinstance(content, list):
        # Half of a character of two, as JSON may have it, could not be written.
        return (content.encode("utf-8", "replace").decode() if isinstance(content, str) else None), ""
    parts = [part if isinstance(part, dict) else {"type": "text", "text": part} for part in content]
    said = [_text(part.get("text"))[0] or "" for part in parts if part.get("type") in ("text", "output_text")]
    thought = [_text(part.get("thinking"))[0] or "" for part in parts if part.get("type") == "thinking"]
    return "".join(said), "".join(thought)


def _usage(whole: Mapping[str, Any]) -> dict[str, int] | None:
    used = whole.get("usage")
    if not isinstance(used, dict):
        return None
    prompt, told = used.get("prompt_tokens"), used.get("completion_tokens")
    if not isinstance(prompt, int) or not isinstance(told, int):
        return None
    return {"prompt_tokens": prompt, "completion_tokens": told, "total_tokens": prompt + told}


def _shown(body: bytes) -> str:
    return " ".join(body[:SHOWN].decode("utf-8", "replace").split())
