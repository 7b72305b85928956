"""The forms in which publishers write a list of options, read as labels with their texts.

An object (label to text), a list of texts, a list of objects with a label and a text, or an object of two lists; in
a CSV, or where a tool wrote it this way, any of these as a string in JSON or in Python's notation.
"""

import ast
import io
import json
import tokenize
from string import ascii_uppercase

from builders.sources.layouts.answers import label

#: Publishers' names for the label and the text of an option.
LABELS = ("key", "label", "aid", "letter", "option")
TEXTS = ("value", "text", "atext", "content")
EXPECTED = "an object of options, a list of texts or a list of labels with texts"


class NoOptionsError(ValueError):
    """A value is not a list of options; the message says what was expected."""


def options(value: object) -> dict[str, str]:
    """Return the options' texts by label, in the order of the labels; null is an empty text, and absent at the end.

    Raises:
        NoOptionsError: the value has none of the forms.
    """
    pairs = _pairs(structure(value))
    if not all(text is None or isinstance(text, str) for _, text in pairs):
        raise NoOptionsError("an object of strings" if isinstance(structure(value), dict) else "a list of strings")
    while pairs and pairs[-1][1] is None:
        pairs.pop()
    return {name: str(text or "") for name, text in pairs}


def structure(value: object) -> object:
    """Return the list or object in a string; anything else as it is."""
    if not isinstance(value, str) or not value.strip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        pass
    try:
        # Python joins neighbouring strings: numpy writes two texts as ['a' 'b'], which must not become one.
        tree = ast.parse(value.strip(), mode="eval")
        constants = sum(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in ast.walk(tree))
        tokens = tokenize.generate_tokens(io.StringIO(value.strip()).readline)
        if constants != sum(token.type == tokenize.STRING for token in tokens):
            return value
        return ast.literal_eval(tree)
    except (ValueError, SyntaxError, tokenize.TokenError, MemoryError, RecursionError):
        return value


def _pairs(value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return _of_lists(value) or _labelled(list(value.items()))
    if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        return _labelled([(_one_of(part, LABELS), _one_of(part, TEXTS)) for part in value])
    if isinstance(value, list):
        if not all(part is None or isinstance(part, str) for part in value):
            raise NoOptionsError("a list of strings")
        letters = dict(enumerate(ascii_uppercase))
        return [(letters.get(number, f"?{number}"), part) for number, part in enumerate(value)]
    raise NoOptionsError(EXPECTED)


def _of_lists(value: dict[str, object]) -> list[tuple[str, object]]:
    """The pairs of an object of two lists of one length; none if it is another."""
    names, texts = (next((value[key] for key in keys if key in value), None) for keys in (LABELS, TEXTS))
    if isinstance(names, list) and isinstance(texts, list) and len(names) == len(texts):
        return _labelled(list(zip(names, texts, strict=True)))
    return []


def _labelled(pairs: list[tuple[object, object]]) -> list[tuple[str, object]]:
    """The pairs by label, in the order of the labels; two that would have one label keep the names they have."""
    if not all(isinstance(name, str | int) and not isinstance(name, bool) for name, _ in pairs):
        raise NoOptionsError(EXPECTED)
    written = [str(name) for name, _ in pairs]
    if len(set(written)) < len(written):
        raise NoOptionsError("a label for each option")
    labels = [label(name) for name in written]
    names = labels if len(set(labels)) == len(labels) else written
    return sorted(zip(names, (text for _, text in pairs), strict=True), key=lambda pair: (len(pair[0]), pair[0]))


def _one_of(part: dict[str, object], keys: tuple[str, ...]) -> object:
    found = [key for key in keys if key in part]
    if len(found) != 1:
        raise NoOptionsError("a label and a text in each option, such as key and value")
    return part[found[0]]
