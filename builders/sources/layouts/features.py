"""The names of integer labels, where a Hub repository has them: in a Parquet file's schema, or on its card.

Format: ``datasets`` writes a JSON object ``huggingface`` into the schema's metadata, with ``info.features`` by
column; a card has the same in YAML as ``dataset_info.features``, a list, for each config or once.
https://huggingface.co/docs/datasets/about_dataset_features
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Names = Mapping[str, tuple[str, ...]]
_FRONT_MATTER = re.compile(r"---\s*\n(.*?)\n---\s*(?:\n|$)", re.DOTALL)


def schema_names(metadata: Mapping[bytes, bytes] | None) -> Names:
    """Return the class names of a Parquet schema's columns; none if it does not state them."""
    try:
        features = json.loads((metadata or {})[b"huggingface"])["info"]["features"]
        return {
            column: tuple(map(str, feature["names"]))
            for column, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return {}


def card_names(card: str) -> Names:
    """Return the class names on a dataset's card; none where it has none, or two configs disagree."""
    import yaml

    front = _FRONT_MATTER.match(card.removeprefix("\ufeff").replace("\r\n", "\n"))
    try:
        matter = yaml.safe_load(front[1]) if front else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    found: dict[str, set[tuple[str, ...]]] = {}
    for column, names in _card_labels(matter):
        found.setdefault(column, set()).add(names)
    return {column: next(iter(names)) for column, names in found.items() if len(names) == 1}


def _card_labels(matter: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    infos = matter.get("dataset_info") if isinstance(matter, dict) else None
    for info in infos if isinstance(infos, list) else [infos]:
        features = info.get("features") if isinstance(info, dict) else None
        for feature in features if isinstance(features, list) else ():
            try:
                names = feature["dtype"]["class_label"]["names"]
                by_number = names if isinstance(names, dict) else dict(enumerate(names))
                numbered = {int(number): str(name) for number, name in by_number.items()}
                yield str(feature["name"]), tuple(numbered[number] for number in range(len(numbered)))
            except (KeyError, TypeError, ValueError):
                continue
