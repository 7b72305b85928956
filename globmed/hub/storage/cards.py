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
#: The identifiers of licences that the public Hub knows (https://huggingface.co/docs/hub/repositories-licenses).
_LICENCES = """
afl-3.0 agpl-3.0 apache-2.0 apple-amlr apple-ascl artistic-2.0 bigcode-openrail-m bigscience-bloom-rail-1.0
bigscience-openrail-m bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 c-uda cc cc-by-2.0 cc-by-2.5
cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0
cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0
cdla-permissive-2.0 cdla-sharing-1.0 creativeml-openrail-m deepfloyd-if-license ecl-2.0 epl-1.0 epl-2.0
etalab-2.0 eupl-1.1 eupl-1.2 fair-noncommercial-research-license gemma gfdl gpl gpl-2.0 gpl-3.0
grok2-community h-research intel-research isc lgpl lgpl-2.1 lgpl-3.0 lgpl-lr llama2 llama3 llama3.1 llama3.2
llama3.3 llama4 lppl-1.3c mit mpl-2.0 ms-pl ncsa odbl odc-by ofl-1.1 open-mdw openmdw-1.0 openrail openrail++
osl-3.0 other pddl postgresql unknown unlicense wtfpl zlib
"""
LICENCES = frozenset(_LICENCES.split())
#: ISO 639-1 to -3, and tags that begin with one.
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
#: Besides an array.
_ALSO: Mapping[str, tuple[type, ...]] = {"datasets": (str,), "tags": (str,)}

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


def faults(metadata: Metadata) -> list[str]:
    """Return what the public Hub refuses in a card's metadata, in its words."""
    return list(_faults(metadata))


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


def _faults(metadata: Metadata) -> Iterator[str]:
    if not all(str(each) in LICENCES for each in _given(metadata.get("license"))):
        yield f'"license" must be one of [{", ".join(sorted(LICENCES))}]'
    for value in _given(metadata.get("language")):
        if not _LANGUAGE.fullmatch(str(value)) and value not in ("code", "multilingual"):
            yield f'"language[{value}]" must only contain lowercase codes of ISO 639, such as "sw"'
    for key in ("model-index", "datasets", "tags"):
        if metadata.get(key) is not None and not isinstance(metadata[key], (list, *_ALSO.get(key, ()))):
            yield f'"{key}" must be an array'


def _given(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


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
