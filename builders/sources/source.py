"""The source descriptor, and helpers of its parsers: ids, splits, cleaned texts, one check for every item."""

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import ascii_uppercase
from typing import Literal
from urllib.parse import quote

from builders.sources.audit.faults import Fault
from builders.sources.audit.figures import mentions_figure
from builders.sources.audit.markup import plain
from builders.sources.audit.mend import mend_options
from builders.sources.item import MORE, OF_THE_TEXT, Item, Option, Outcome, Reason, Reject, check
from builders.sources.layouts.specialties import specialty
from builders.sources.places import Place
from builders.sources.reading import Folder
from globmed.errors import UserError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
#: The upstreams' names of the splits.
SPLIT_OF = {
    "train": "train",
    "training": "train",
    "dev": "validation",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The origin of a source's texts in one language; ``engine`` names the translator."""

    origin: str
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A benchmark as it is published.

    Attributes:
        upstream: repository on the Hub (``owner/name``) or https address.
        revision: full commit hash, or the version that the publisher states; None if neither is certain.
        folder: name of its subfolder in the sources folder.
        licence: SPDX id, ``none stated`` or ``conflict: ...``.
        publish: whether its rows may be public, only in private repositories, or not published at all.
        languages: its texts by BCP-47 tag.
        parser: reads a folder; yields one outcome per record.
        records: the number of records that the publisher states, by split, if certain.
        same_records_as: another source with the same records, which takes precedence: no repository has both.
        place: where `globmed fetch` gets its files; sources with one folder have one place.
    """

    name: str
    title: str
    task: str
    upstream: str
    revision: str | None
    folder: str
    licence: str
    publish: Literal["public", "private", "local"]
    publish_reason: str
    citation: str
    languages: Mapping[str, Text]
    parser: Callable[["Source", Folder], Iterator[Outcome]]
    records: Mapping[str, int] = field(default_factory=dict)
    same_records_as: str | None = None
    place: Place | None = None

    def __post_init__(self) -> None:
        """Refuse names that are not allowed in a path.

        Raises:
            UserError: an invalid name or folder.
        """
        for part, value in (("name", self.name), ("folder", self.folder)):
            if _NAME.fullmatch(value) is None:
                raise UserError(f"source {self.name[:60]!r}: {part} is {value[:60]!r}, expected a-z, 0-9 and _")

    def parse(self, folder: Folder | Path) -> Iterator[Outcome]:
        """Yield every record of the source's files as an item or a reject.

        Raises:
            UserError: a file is missing or is not in the upstream's format.
        """
        return self.parser(self, folder if isinstance(folder, Folder) else Folder(folder))

    def part(self, file: str, split: str = "train", language: str = "en") -> "Part":
        """Return the common properties of the records of one file."""
        return Part(self, file, split, language)


@dataclass(frozen=True, slots=True)
class Content:
    """The uncleaned texts of an item as in the upstream; ``more`` by the `MORE` columns."""

    question: str | None = None
    context: str | None = None
    premise: str | None = None
    hypothesis: str | None = None
    options: Sequence[Option] | None = None
    answer: str | None = None
    long_answer: str | None = None
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """The records of one file: their source, split and language."""

    source: Source
    file: str
    split: str
    language: str

    def in_split(self, split: str) -> "Part":
        """Return the same in another split."""
        return replace(self, split=split)

    def reject(self, record: str, reason: Reason, detail: str = "", record_id: str = "") -> Reject:
        """Return the reject of a record (``record`` is its place in the file) that gives no item."""
        place = (self.source.name, self.language, self.file, record)
        return Reject(*place, reason, printable(detail), self.split, printable(record_id))

    def outcome(self, record: str, record_id: str, content: Content, task: str | None = None) -> Outcome:
        """Return an item with cleaned texts if it passes the check, else a reject.

        Raises:
            ValueError: the parser names an unknown column.
        """
        if unknown := content.more.keys() - set(MORE):
            raise ValueError(f"{self.source.name}: {min(unknown)} is no column of an item in globmed/schema.py")
        text = self.source.languages[self.language]
        read = _Reader()
        options = content.options
        texts = [(option.label, read.text(option.text) or "") for option in options or ()]
        mended = mend_options(texts, read.text(content.answer))
        item = Item(
            source=self.source.name,
            split=self.split,
            record_id=record_id,
            language=self.language,
            task=task or self.source.task,
            question=read.text(content.question),
            context=read.text(content.context),
            premise=read.text(content.premise),
            hypothesis=read.text(content.hypothesis),
            options=None if options is None else tuple(Option(*each) for each in mended.options),
            answer=mended.answer,
            long_answer=read.text(content.long_answer),
            more=_with_specialty(
                self.source.name,
                {name: read.text(value) if isinstance(value, str) else value for name, value in content.more.items()},
            ),
            origin=text.origin,
            engine=text.engine,
            file=self.file,
            record=record,
            # The last one: the texts are read by now.
            faults=(*mended.faults, *read.faults),
        )
        if mentions_figure(item.question, item.language):
            item = replace(item, faults=(*item.faults, Fault.FIGURE))
        reason = check(item)
        return item if reason is None else self.reject(record, reason, record_id, record_id)


def _with_specialty(source: str, more: Mapping[str, object]) -> Mapping[str, object]:
    """Return the columns with the specialty that the subject names, where the source gives none itself."""
    subject, given = more.get("subject"), more.get("specialty")
    return {**more, "specialty": given or specialty(source, subject if isinstance(subject, str) else None)}


class _Reader:
    """Cleans the texts of one item, and records whether markup was removed."""

    def __init__(self) -> None:
        self.faults: tuple[Fault, ...] = ()

    def text(self, text: str | None) -> str | None:
        """Return a text as `cleaned` does, without markup."""
        clean = cleaned(text)
        if clean is None:
            return None
        without = plain(clean)
        if without != clean:
            self.faults = (Fault.MARKUP,)
        return cleaned(without)


def cleaned(text: str | None) -> str | None:
    """Return a text without surrounding white space and control characters; None if nothing is left.

    Every line end becomes a line feed, tabs are kept, any other control character (such as NUL) becomes a
    space, so that it still separates words.
    """
    if text is None:
        return None
    text = re.sub(r"\r\n?", "\n", text)
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", text).strip() or None


def printable(text: str) -> str:
    """Return a text that can be encoded as UTF-8: unpaired surrogates are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def lettered(texts: Iterable[str]) -> list[Option]:
    """Return options labelled A, B, C and so on; those after the 26th are labelled ``?`` and fail the check."""
    letters = dict(enumerate(ascii_uppercase))
    return [Option(letters.get(number, "?"), text) for number, text in enumerate(texts)]


def letter(number: int) -> str | None:
    """Return the label of the n-th option, from 0; None if there is none."""
    return ascii_uppercase[number] if 0 <= number < len(ascii_uppercase) else None


def stable_id(upstream: str) -> str:
    """Return an upstream id with every character except ``A-Z a-z 0-9 . _ / -`` percent-encoded."""
    return quote(upstream.strip(), safe="/", errors="surrogatepass").replace("~", "%7E")


def content_id(*texts: str) -> str:
    """Return an id for records that have none upstream: 64 bits of SHA-256 over the texts, in hex.

    It does not depend on Unicode form, white space or the order of the records.
    """
    normal = [" ".join(unicodedata.normalize("NFC", text).split()) for text in texts]
    return hashlib.sha256(json.dumps(normal, ensure_ascii=True).encode("ascii")).hexdigest()[:16]


def bucket(key: str) -> int:
    """Return a number from 0 to 9,999 that depends only on the key.

    The same in DuckDB: ``('0x' || substr(sha256('v1:' || key), 1, 15))::BIGINT % 10000``.
    """
    return int(hashlib.sha256(f"v1:{key}".encode("utf-8", "surrogatepass")).hexdigest()[:15], 16) % 10_000


def hashed_split(source: str, record_id: str, *, train: int, validation: int) -> str:
    """Return the split of a record that has none upstream: per cent for train and validation, the rest is test."""
    percent = bucket(f"{source}/{record_id}") // 100
    if percent < train:
        return "train"
    return "validation" if percent < train + validation else "test"


def in_parallel(outcomes: Iterable[tuple[str, Outcome]]) -> Iterator[Outcome]:
    """Yield the outcomes of a parallel source, decided for all languages of a record at once.

    A fault of the text alone (`OF_THE_TEXT`) that only translations have leaves those out; the original stays. Any
    other fault leaves the record out in every language: of its key, or of what it lacks.

    Args:
        outcomes: the record's key, the same in every language, with its outcome in one of them.

    Yields:
        The outcomes, with the items of a record that is left out, or that has another answer or other options in
        another language, as rejects.
    """
    by_key: defaultdict[str, list[Outcome]] = defaultdict(list)
    for key, outcome in outcomes:
        by_key[key].append(outcome)
    for group in by_key.values():
        difference = _difference(group)
        for outcome in group:
            if difference and isinstance(outcome, Item):
                yield _rejected(outcome, difference)
            else:
                yield outcome


def _difference(group: Sequence[Outcome]) -> str:
    has_original = any(isinstance(outcome, Item) and outcome.origin == "original" for outcome in group)
    rejects = sorted(
        f"{outcome.language}: {outcome.reason}"
        for outcome in group
        if isinstance(outcome, Reject) and not (has_original and outcome.reason in OF_THE_TEXT)
    )
    if rejects:
        return rejects[0]
    answers = {(item.answer, len(item.options or ())) for item in group if isinstance(item, Item)}
    return "the right answer or the number of options" if len(answers) > 1 else ""


def _rejected(item: Item, detail: str) -> Reject:
    place = (item.source, item.language, item.file, item.record)
    return Reject(*place, Reason.LANGUAGES_DIFFER, detail, item.split, item.record_id)
