"""Normalize what a server sends with status 200 to a chat completion in the form that its client reads, or an error.

OpenAI-compatible servers and the gateways before them deviate from the specification in different ways: contents in
parts, non-standard stop reasons, errors and HTML pages with status 200. The reference is
https://platform.openai.com/docs/api-reference/chat/object.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

#: Stop reasons by the names that servers use.
STOPS = {
    "length": ("length", "max_tokens", "max_output", "token_limit"),
    "content_filter": (
        *("content_filter", "safety", "recitation", "prohibited", "blocklist", "spii", "toxic", "sensitive", "refusal"),
    ),
    "tool_calls": ("tool_call", "function_call"),
    "error": ("error", "abort", "insufficient_system_resource"),
}
#: Errors sent with status 200, by a part of their name, and the status that they should have.
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
    """A body that is not a chat completion; ``status`` is the one that an error in it should have."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class NoJSONError(MalformedError):
    """A body that is not from an API: a page, a text, a stream."""


def completion(body: bytes) -> bytes:
    """Return a body as a chat completion with one choice: text, thoughts, stop reason, usage.

    Raises:
        MalformedError: it is not one, or it is an error.
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
    """Return the input and output tokens that a body states, even if it is not a completion; 0 if it states none."""
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
        raise NoJSONError("an event stream, which was not requested")
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
    """Return the status that an error states by number or by a known name."""
    names = [str(error.get(key) or "").casefold() for key in ("code", "type", "status")]
    for name in names:
        if name.isdecimal() and HTTPStatus.BAD_REQUEST <= int(name) < 600:
            return int(name)
    return next((int(status) for known, status in ERRORS.items() if any(known in name for name in names)), None)


def _finish(reason: object) -> str:
    """Return the stop reason by OpenAI's name; an unknown one is an ordinary end."""
    name = str(reason or "").casefold()
    return next((stop for stop, known in STOPS.items() if any(word in name for word in known)), "stop")


def _text(content: object) -> tuple[str | None, str]:
    """Return text and thoughts of a content, which is a string, null, or parts."""
    if not isinstance(content, list):
        # A lone surrogate, which JSON allows, could not be written.
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
