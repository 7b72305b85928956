"""The Parquet files of a revision that pages show rows of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from globmed.errors import UserError
from globmed.hub.errors import HubError
from globmed.hub.pages.opened import Opened, open_revision
from globmed.hub.pages.repository import CARD
from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.serving.call import Call
from globmed.hub.storage.store import Reader
from globmed.hub.storage.trees import Entry
from globmed.languages import language

MOST_FILES = 2000
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


@dataclass(frozen=True, slots=True)
class Tables:
    """The Parquet files of a revision by config and split.

    Attributes:
        opened: the revision.
        splits: ``(config, split)`` and paths, in the order of the card.
        entries: the files by path.
        notices: what is not shown, and why.
    """

    opened: Opened
    splits: dict[tuple[str, str], list[str]]
    entries: dict[str, Entry]
    notices: list[str] = field(default_factory=list)

    @property
    def configs(self) -> list[str]:
        """The configs, in the order of the card."""
        return list(dict.fromkeys(config for config, _ in self.splits))

    def split_names(self, config: str) -> list[str]:
        """Return the splits of a config, or of all (an empty text)."""
        return list(dict.fromkeys(split for own, split in self.splits if config in ("", own)))

    def paths(self, config: str = "", split: str = "") -> list[str]:
        """Return the files of a config and split, each once; an empty text stands for all."""
        chosen = (paths for (own, name), paths in self.splits.items() if config in ("", own) and split in ("", name))
        return list(dict.fromkeys(path for paths in chosen for path in paths))

    def config_of(self, path: str) -> str:
        """Return the first config that a file belongs to."""
        return next((config for (config, _), paths in self.splits.items() if path in paths), "")


def tables(call: Call) -> Tables:
    """Return the Parquet files of the revision in the path; errors as the API's."""
    notices: list[str] = []
    with call.hub.store.reading() as store:
        opened = open_revision(call, store)
        if not opened.has_rows:
            raise HubError(404, "Only datasets have rows")
        files = store.files(opened.commit)
        found = files.ending(".parquet", MOST_FILES + 1)
        configs = _configs(call, store, opened, files.get(CARD))
    if len(found) > MOST_FILES:
        found = found[:MOST_FILES]
        notices.append(f"Rows of the first {MOST_FILES:,} Parquet files are shown.")
    entries = {entry.path: entry for entry in found}
    try:
        made = call.hub.workers.run("layout", configs=configs, paths=list(entries))
    except UnfitError as error:
        notices.append(f"The configs of the card cannot be shown. {error}")
        made = []
    splits = {(str(config), str(split)): [str(path) for path in paths] for config, split, paths in made}
    return Tables(opened, splits, entries, notices)


def contents(call: Call, shown: Tables, paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the paths whose contents can be shown, and where these are; the others are noted."""
    good: list[str] = []
    places: list[str] = []
    with call.hub.store.reading() as store:
        for path in paths:
            try:
                file = call.contents(store, shown.opened.repository, path, shown.entries[path].sha256)
            except HubError as error:
                shown.notices.append(f"Without {path}: {error.message}")
                continue
            good.append(path)
            places.append(str(file.resolve()))
    return good, places


def tongue(tag: object) -> dict[str, str]:
    """Return the name, ``lang`` and ``dir`` of a text by its language's tag, which a stranger wrote."""
    given = str(tag or "")[:100]
    try:
        known = language(given)
    except UserError:
        return {"name": given, "lang": given if _TAG.fullmatch(given) else "", "dir": "auto"}
    return {"name": known.native_name, "lang": known.tag, "dir": known.direction}


def _configs(call: Call, store: Reader, opened: Opened, card: Entry | None) -> Any:
    if card is None or card.lfs:
        return None
    try:
        file = call.card(store, opened.repository, CARD, card.sha256)
    except HubError:
        return None
    return call.hub.cards.metadata(card.sha256, file).get("configs")
