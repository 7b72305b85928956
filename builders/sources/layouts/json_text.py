"""Read JSON as publishers and tools write it: one document, values one after another, or an array of records."""

import json
import math
import re
from collections.abc import Iterator

#: White space, and marks of byte order within a text, where files were put together.
_SPACE = re.compile(r"[\s\ufeff]*")
#: An array of records; an array of anything else is a value.
_ARRAY = re.compile(r"\[[\s\ufeff]*(?=[{\]])")


class NotJSONError(ValueError):
    """A text that is not valid JSON from a certain line on."""

    def __init__(self, text: str, at: int, problem: str) -> None:
        self.line = text.count("\n", 0, at) + 1
        super().__init__(problem)


def read_document(text: str) -> object:
    """Return the one value of a text.

    Raises:
        NotJSONError: it has no value, or more than one.
    """
    value, after = _decoded(text, _past_space(text, 0))
    if after < len(text):
        raise NotJSONError(text, after, "expected one object, found more behind it")
    return value


def read_values(text: str) -> Iterator[tuple[str, object]]:
    """Yield every value of a text with its place (``line 3``, or ``record 3`` of an array).

    JSON Lines, values in any layout one after another, or one array of objects.

    Raises:
        NotJSONError: the text is not valid JSON from some value on.
    """
    array = _ARRAY.match(text, _past_space(text, 0))
    if array:
        yield from ((f"record {number}", value) for number, value in enumerate(_elements(text, array.end()), 1))
        return
    line, counted, at = 1, 0, _past_space(text, 0)
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        value, at = _decoded(text, at)
        yield f"line {line}", value


def _elements(text: str, at: int) -> Iterator[object]:
    """Yield the elements of an array from the place after its opening bracket."""
    is_open = text[at : at + 1] != "]"
    while is_open:
        value, at = _decoded(text, at)
        yield value
        is_open = text[at : at + 1] == ","
        at = _past_space(text, at + 1) if is_open else at
    if text[at : at + 1] != "]":
        raise NotJSONError(text, at, f"expected ',' or ']' after a record{', cut off?' if at == len(text) else ''}")
    if _past_space(text, at + 1) < len(text):
        raise NotJSONError(text, at + 1, "expected the end after the array, found more behind it")


def _decoded(text: str, at: int) -> tuple[object, int]:
    """Return the value at a place, and the place after it and its white space."""
    try:
        value, after = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        is_cut = error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip())
        raise NotJSONError(text, at, f"{error}, cut off?" if is_cut else str(error)) from None
    except (ValueError, RecursionError) as error:
        raise NotJSONError(text, at, str(error)) from None
    return value, _past_space(text, after)


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        # The last duplicate would silently win: two answers to one question.
        raise ValueError("an object has the same key twice")
    return fields


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:60]} is too large")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_number)
