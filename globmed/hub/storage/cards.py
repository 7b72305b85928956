"""The metadata of cards: untrusted YAML, read at a cost in proportion to its size.

Aliases are refused, since a few bytes of them can expand to gigabytes; so are deep nesting and very long numbers.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
#: A plain scalar that looks like a number or a time, for which Python's arithmetic could take long.
_LONG_NUMBER = re.compile(r"[-+]?[0-9_:.eExXobABCDFabcdf+-]{200,}")
_FRONT_MATTER = re.compile(r"\s*---\r?\n(.*?)\r?\n---", re.DOTALL)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: The fields whose values are tags with the field's name before them.
_TAGGED = (
    *("language", "license", "task_categories", "task_ids", "size_categories", "multilinguality"),
    *("language_creators", "base_model"),
)

Metadata = Mapping[str, Any]


def front_matter(text: str) -> str | None:
    """Return the YAML at the head of a card; None if there is none in its first `MAX_BYTES`."""
    match = _FRONT_MATTER.match(text[:MAX_BYTES])
    return match[1] if match else None


def body(text: str) -> str:
    """Return a card's Markdown, without the front matter at its head."""
    match = _FRONT_MATTER.match(text[:MAX_BYTES])
    return text[match.end() :] if match else text


def parse(matter: str) -> Metadata:
    """Return front matter as JSON can carry it.

    Raises:
        ValueError: it is not a YAML mapping, or has something that is refused; one line.
    """
    try:
        _check(matter)
        metadata = yaml.load(matter, Loader=_LOADER)  # noqa: S506 -- a safe loader
        if metadata is not None and not isinstance(metadata, dict):
            raise ValueError("metadata must be a mapping")
        # Dates become text; NaN and infinity have no place in JSON.
        carried: Metadata = json.loads(json.dumps(metadata or {}, default=str, allow_nan=False))
    except yaml.YAMLError as error:
        raise ValueError(f"YAML: {error}") from error
    except (TypeError, RecursionError, OverflowError) as error:
        raise ValueError(f"metadata cannot be read: {error}") from error
    return carried


def tags(metadata: Metadata) -> list[str]:
    """Return the tags by which the public Hub lists a repository with this card, each once."""
    return list(dict.fromkeys(_tags(metadata)))


class Cards:
    """The metadata of stored cards, each parsed once while it is in use."""

    def __init__(self, kept: int = 64) -> None:
        self._kept = kept
        self._known: OrderedDict[str, str] = OrderedDict()

    def metadata(self, sha256: str, file: Path) -> Metadata:
        """Return the metadata of a card; empty if it has none or it is refused."""
        known = self._known.get(sha256)
        if known is None:
            with file.open("rb") as card:
                matter = front_matter(card.read(MAX_BYTES).decode("utf-8", "replace"))
            try:
                known = json.dumps(parse(matter) if matter else {})
            except ValueError:
                known = "{}"
            self._known[sha256] = known
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        metadata: Metadata = json.loads(known)
        return metadata


def _check(matter: str) -> None:
    """Refuse what would cost more than its size; events come as the text is read, so that nothing is built before."""
    if len(matter) > MAX_BYTES:
        raise ValueError(f"metadata is larger than {MAX_BYTES} bytes")
    depth = 0
    event: yaml.Event
    for event in yaml.parse(matter, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"{_line(event)}: aliases (`*name`) are not read in a card")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent) and _LONG_NUMBER.fullmatch(event.value):
            raise ValueError(f"{_line(event)}: a number of {len(event.value)} digits")
        if depth > MAX_DEPTH:
            raise ValueError(f"{_line(event)}: nested deeper than {MAX_DEPTH}")


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}" if event.start_mark else "somewhere"


def _tags(metadata: Metadata) -> Iterator[str]:
    for key in ("tags", "pipeline_tag", "library_name"):
        yield from _texts(metadata.get(key))
    for key in _TAGGED:
        for value in _texts(metadata.get(key)):
            yield f"{key}:{value}"
            if key == "language":
                yield value
    yield from (f"dataset:{value}" for value in _texts(metadata.get("datasets")))


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]
