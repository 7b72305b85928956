"""What servers send with status 200 where an answer is expected, and what each is to become."""

import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

USAGE = {"prompt_tokens": 30, "completion_tokens": 20, "total_tokens": 50}
PAGE = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
THOUGHTS = "The dose is low. The answer is A? Perhaps B. The answer is C."


@dataclass(frozen=True)
class Odd:
    """A body, the outcome that is due or the letter, what its error says of it, and headers of its own."""

    outcome: str
    body: bytes
    says: str = ""
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)

    def response(self) -> Response:
        """What goes over the wire; a length that is not reached ends the connection early."""
        return Response(self.body, 200, dict(self.headers))


def completion(message: object, finish: object = "stop", **others: Any) -> bytes:
    """Return a chat completion with one choice."""
    choice = {"index": 0, "finish_reason": finish, "message": message}
    whole = {"id": "odd", "object": "chat.completion", "created": 0, "model": "odd", "choices": [choice]}
    return json.dumps(whole | {"usage": USAGE} | others).encode()


def said(text: object, finish: object = "stop", **others: Any) -> bytes:
    """A completion whose message has a content."""
    return completion({"role": "assistant", "content": text, **others}, finish)


def of_type(kind: str) -> tuple[tuple[str, str], ...]:
    return (("content-type", kind),)


def error(**fields: object) -> bytes:
    return json.dumps({"error": fields}).encode()


def longer(body: bytes) -> tuple[tuple[str, str], ...]:
    """Headers that promise more than there is."""
    return (("content-type", "application/json"), ("content-length", str(len(body) + 50)))


WHOLE = said("C")
CHUNK = b'data: {"id":"odd","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"C"}}]}\n\n'
ODD: dict[str, Odd] = {
    # No chat completion: asked again, and counted apart where it stays so.
    "page": Odd("malformed", PAGE, "an HTML page", of_type("text/html; charset=utf-8")),
    "page called json": Odd("malformed", PAGE, "an HTML page"),
    "nothing": Odd("malformed", b"", "empty"),
    "spaces": Odd("malformed", b"  \n\n ", "empty"),
    "text": Odd("malformed", b"upstream connect error", "no JSON", of_type("text/plain")),
    "cut JSON": Odd("malformed", WHOLE[:-60], "JSON that is cut off"),
    "no UTF-8": Odd("malformed", b'{"choices": "\xff\xfe\x80"}', "JSON that is cut off"),
    "nested": Odd("malformed", b'{"choices": ' + b"[" * 100_000, "JSON that is cut off"),
    "string": Odd("malformed", b'"C"', "no JSON object"),
    "list": Odd("malformed", b"[]", "no JSON object"),
    "null": Odd("malformed", b"null", "no JSON object"),
    "ends early": Odd("malformed", WHOLE[:40], "JSON that is cut off", longer(WHOLE)),
    "ends before it starts": Odd("malformed", b"", "empty", longer(WHOLE)),
    "wrong encoding": Odd(
        "malformed", WHOLE, "empty", (("content-type", "application/json"), ("content-encoding", "gzip"))
    ),
    "event stream": Odd("malformed", CHUNK + b"data: [DONE]\n\n", "an event stream", of_type("text/event-stream")),
    "event stream ends early": Odd("malformed", CHUNK[:50], "an event stream", of_type("text/event-stream")),
    "empty object": Odd("malformed", b"{}", "no choices"),
    "no choices": Odd("malformed", json.dumps({"id": "odd", "usage": USAGE}).encode(), "no choices"),
    "choices empty": Odd("malformed", json.dumps({"choices": [], "usage": USAGE}).encode(), "no choices"),
    "choices null": Odd("malformed", json.dumps({"choices": None, "usage": USAGE}).encode(), "no choices"),
    "choices a string": Odd("malformed", json.dumps({"choices": "C"}).encode(), "no choices"),
    "choice null": Odd("malformed", json.dumps({"choices": [None]}).encode(), "no message"),
    "message missing": Odd("malformed", json.dumps({"choices": [{"finish_reason": "stop"}]}).encode(), "no message"),
    "message null": Odd("malformed", completion(None), "no message"),
    "message a string": Odd("malformed", completion("C"), "no message"),
    "delta": Odd("malformed", json.dumps({"choices": [{"delta": {"content": "C"}}]}).encode(), "no message"),
    "error": Odd("malformed", error(message="Provider returned nothing", code="odd"), "Provider returned nothing"),
    "error a string": Odd("malformed", b'{"error": "worker died"}', "worker died"),
    "error of its own kind": Odd("malformed", b'{"object": "error", "message": "worker died"}', "worker died"),
    "error in a choice": Odd(
        "malformed",
        json.dumps(
            {
                "choices": [
                    {"message": {"content": "The"}, "finish_reason": "error", "error": {"message": "worker died"}}
                ]
            }
        ).encode(),
        "worker died",
    ),
    # An answer of no use: kept, and never asked again.
    "content null": Odd("empty", said(None)),
    "content missing": Odd("empty", completion({"role": "assistant"})),
    "content empty": Odd("empty", said("")),
    "content of spaces": Odd("empty", said(" \n\t ")),
    "no parts": Odd("empty", said([])),
    "thoughts alone": Odd("empty", said(None, reasoning_content=THOUGHTS)),
    "thoughts alone, called reasoning": Odd("empty", said("", reasoning=THOUGHTS)),
    "thoughts alone, as parts": Odd("empty", said([{"type": "thinking", "thinking": [{"type": "text", "text": "C"}]}])),
    "thoughts alone, in tags": Odd("empty", said(f"<think>{THOUGHTS}</think>\n\n")),
    "a call of a tool": Odd(
        "empty",
        said(
            None,
            "tool_calls",
            tool_calls=[{"id": "1", "type": "function", "function": {"name": "answer", "arguments": '{"letter":"C"}'}}],
        ),
    ),
    "content null at the limit": Odd("truncated", said(None, "length")),
    "thoughts at the limit": Odd("truncated", said(None, "length", reasoning_content=THOUGHTS)),
    "thoughts in tags at the limit": Odd("truncated", said(f"<think>{THOUGHTS}", "length")),
    "thoughts in tags at a limit of another name": Odd("truncated", said(f"<think>{THOUGHTS}", "MAX_TOKENS")),
    "filtered": Odd("filtered", said("The answer is C", "content_filter")),
    "filtered, null": Odd("filtered", said(None, "content_filter")),
    "filtered, as Google says it": Odd("filtered", said(None, "content_filter: PROHIBITED_CONTENT")),
    "filtered, for safety": Odd("filtered", said("", "SAFETY")),
    "filtered, as an error": Odd("filtered", error(message="The prompt was blocked", code="content_filter")),
    "refused": Odd("refusal", said(None, refusal="I will not.")),
    # Answers after all.
    "ends early, but whole": Odd("C", WHOLE, "", longer(WHOLE)),
    "half of a character": Odd("C", WHOLE.replace(b'"C"', b'"C. \\ud83d"')),
    "parts": Odd("C", said([{"type": "text", "text": "The answer is "}, {"type": "text", "text": "C."}])),
    "thoughts and an answer as parts": Odd(
        "C",
        said(
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "The answer is B."}]},
                {"type": "text", "text": "C"},
            ]
        ),
    ),
    "least": Odd("C", b'{"choices": [{"message": {"content": "C"}}]}'),
    "error null": Odd("C", completion({"role": "assistant", "content": "C"}, error=None)),
    "usage null": Odd("C", completion({"role": "assistant", "content": "C"}, usage=None)),
    "usage empty": Odd("C", completion({"role": "assistant", "content": "C"}, usage={})),
    "usage in part": Odd("C", completion({"role": "assistant", "content": "C"}, usage={"prompt_tokens": 4})),
    "usage in words": Odd("C", completion({"role": "assistant", "content": "C"}, usage={"prompt_tokens": "four"})),
    "no reason": Odd("C", said("C", None)),
    "a reason of its own": Odd("C", said("C", "eos_token")),
    "byte order mark": Odd("C", b"\xef\xbb\xbf" + WHOLE),
    "spaces before": Odd("C", b"\n\n  " + WHOLE),
}
#: Errors that are sent with status 200, and the status that they belong to: tried again, or the end of a run.
DISGUISED: dict[str, tuple[bytes, int]] = {
    "limit, by number": (error(message="slow down", code=429), 429),
    "limit, by digits": (error(message="slow down", code="429"), 429),
    "limit, by name": (error(message="slow down", type="rate_limit_exceeded"), 429),
    "overloaded": (error(message="busy", type="overloaded_error"), 503),
    "server": (error(message="oops", type="server_error", code=None), 500),
    "key": (error(message="no", code="invalid_api_key"), 401),
    "account": (error(message="no", code=402), 402),
    "model": (error(message="no such model", code="model_not_found"), 404),
}


def prompt(name: str) -> str:
    """Return a question that a server answers with one of the bodies."""
    return f"Which?\n\nA. 5 mg\nB. 50 mg\nC. 500 mg\nD. 0.5 g/L\n\n(odd: {name})\n\nAnswer:"


def asked_for(asked: str) -> Response | None:
    """Return the body that a prompt asks for."""
    if (match := re.search(r"\(odd: (.+)\)", asked)) is None:
        return None
    name = match[1]
    if name in DISGUISED:
        return Response(DISGUISED[name][0], 200, media_type="application/json")
    return ODD[name].response()
