"""The translation memory: English segments and their known translations, of TMX files and published benchmarks.

Format: TMX 1.4b (https://www.gala-global.org/tmx-14b), with or without its namespace. A unit's origin (``human``,
``postedited``, ``machine``) is in ``<prop type="origin">`` of the unit or of the file's header, or is given for files
that state none. Unusable units are counted (`MemoryReport`); a file that is not TMX is an error. Translations that
others published (`builders.translate.published`) are ``machine``, whatever is stated, and their records are the units.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

import polars as pl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from builders.translate.published import PublishedFile, published_files, read_published, repository
from builders.translate.segments import with_keys
from builders.translate.tmx import LANG
from builders.translate.tmx_text import Text, UnreadableError, local_name, segment_text
from globmed.cli.processes import in_processes, processes_for
from globmed.errors import UserError
from globmed.languages import ENGLISH, language
from globmed.languages.tags import listed_language
from globmed.storage.parquet import write_parquet

#: Possible origins, in order of preference.
PRECEDENCE = ("human", "postedited", "machine")
#: The property, and its value, of a text that reviewers edited, as ``globmed review apply`` writes it.
EDITED, YES = "edited", "yes"
#: Compressed TMX files, which are not read, but must not be silently skipped either.
PACKED = frozenset({".gz", ".zip", ".xz", ".bz2", ".zst", ".7z"})
SCHEMA = {
    "source": pl.String,
    "language": pl.String,
    "text": pl.String,
    "origin": pl.String,
    "file": pl.String,
    "tuid": pl.String,
    "edited": pl.Boolean,
    "version": pl.String,
}
#: The reasons why a unit is not used.
NO_ENGLISH = "without English text"
NO_LISTED = "without text in a listed language"
NO_TEXT = "without a translated text"
UNREADABLE = "with an inline code in a word or number, or in only one of the two texts"


class Unit(NamedTuple):
    """A translation unit: an English text and its translation into one language (BCP-47 tag).

    ``file`` is the name of the TMX file or of the published repository, and ``version`` the commit of the latter.
    """

    source: str
    language: str
    text: str
    origin: str
    file: str
    tuid: str
    edited: bool = False
    version: str | None = None


class UnitRead(NamedTuple):
    """The content of one ``<tu>``: its pairs of texts, or the reason why there are none, and its stated languages."""

    pairs: list[Unit]
    problem: str
    stated: list[str]


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """Statistics of the units of a memory's files.

    Attributes:
        files: number of files read.
        units: number of their ``<tu>``, or records.
        used: number of units with a translation that is in the memory, or that a better one supersedes there.
        languages: used units by tag of the list.
        left_out: the other units by reason.
        unlisted: variants by stated language, if it is not in the list.
        unused_files: the files with units, none of which is used.
        empty_files: the files without a unit, as tools export an empty project.
    """

    files: int
    units: int
    used: int
    languages: dict[str, int]
    left_out: dict[str, int]
    unlisted: dict[str, int]
    unused_files: list[str]
    empty_files: list[str]

    def line(self) -> str:
        """Return it as one line for people."""
        told = f"{self.units:,} units in {self.files:,} files read, {self.used:,} used{_listed(self.languages)}"
        reasons = [f"{count:,} {reason}" for reason, count in self.left_out.items()]
        if reasons:
            told += f"; left out: {', '.join(reasons)}"
        if self.unlisted:
            told += f"; languages of no entry{_listed(self.unlisted)}"
        if self.unused_files:
            told += f"; nothing used of {', '.join(self.unused_files)}"
        return told


def into_english(memory: pl.DataFrame, tag: str) -> pl.DataFrame:
    """Return a memory turned round: ``memory_key`` of the texts in a language, and their English with its origin.

    Of several English texts the one with the best origin is kept, then the first by its letters.
    """
    rank = pl.col("origin").replace_strict(list(PRECEDENCE), range(len(PRECEDENCE)))
    own = memory.filter(language=tag).drop("memory_key")
    return (
        with_keys(own, "text")
        .sort(rank, "source")
        .unique("memory_key", keep="first", maintain_order=True)
        .select(
            "memory_key", "origin", "file", "tuid", "version", text="source", language=pl.lit(language(ENGLISH).tag)
        )
    )


@dataclass(frozen=True, slots=True)
class MemoryFiles:
    """The files of a memory: TMX, and what others published in the listed languages, English among them."""

    tmx: Sequence[Path]
    published: Sequence[PublishedFile] = ()

    @property
    def paths(self) -> list[Path]:
        """All of them."""
        return [*self.tmx, *(each.path for each in self.published)]

    @property
    def repositories(self) -> list[tuple[str, str | None]]:
        """The published repositories and their commits, where these are known."""
        return [repository(root) for root in dict.fromkeys(each.root for each in self.published)]


def memory_files(paths: Sequence[Path]) -> MemoryFiles:
    """Return the files of a memory that paths name; a folder stands for all files below it.

    Raises:
        UserError: a path that does not exist, a folder without such files, or one with a compressed TMX file.
    """
    tmx: list[Path] = []
    published: list[PublishedFile] = []
    for path in paths:
        below = sorted(path.rglob("*")) if path.is_dir() else []
        packed = [each for each in below if _is_packed(each)]
        if packed:
            raise UserError(f"{packed[0]}: a packed TMX file, expected .tmx; unpack it, or take it out of the folder")
        files = [each for each in below if each.suffix.lower() == ".tmx" and each.is_file()]
        files = [path] if path.is_file() else files
        others = [each for each in published_files(path) if listed_language(each.code)] if path.is_dir() else []
        if not files and not others:
            raise UserError(
                f"{path}: no TMX file in it; name a .tmx file, a folder that contains some, or a published repository "
                "with a folder a language, en among them"
            )
        tmx += files
        published += others
    return MemoryFiles(tmx, published)


def build_memory(files: MemoryFiles, out: Path, default_origin: str | None = None) -> MemoryReport:
    """Write the memory of ``files`` as Parquet: `SCHEMA` with ``memory_key``, without ``edited``.

    Of several translations of one normalized text into one language, one that reviewers edited is kept, otherwise the
    one with the best origin; among these, the one from the file named first, TMX before others; within a file, the
    first.
    """
    every: list[Path | PublishedFile] = [*files.tmx, *files.published]
    processes = processes_for(sum(map(_size, every)))
    read = list(in_processes(partial(_read_file, default_origin), every, processes, _size))
    texts = pl.concat([pl.DataFrame(schema=SCHEMA), *(each.texts for each in read)]).with_row_index("order")
    frame = (
        with_keys(texts, "source")
        .with_columns(pl.col("origin").replace_strict(list(PRECEDENCE), range(len(PRECEDENCE))).alias("rank"))
        .sort("language", "memory_key", pl.col("edited").not_(), "rank", "order")
        .unique(["language", "memory_key"], keep="first", maintain_order=True)
        .select("memory_key", *(name for name in SCHEMA if name != "edited"))
    )
    write_parquet(frame, out)
    return _report(read)


def read_tmx(path: Path, default_origin: str | None = None) -> Iterator[Unit]:
    """Yield the pairs of English and another listed language in a TMX file, as `read_units` reads them.

    Raises:
        UserError: as `read_units`.
    """
    for unit in read_units(path, default_origin):
        yield from unit.pairs


def read_units(path: Path, default_origin: str | None = None) -> Iterator[UnitRead]:
    """Yield the texts in English and the other listed languages of every ``<tu>`` of a TMX file.

    Every English text of a unit makes a pair. Of several variants of another language (``pt-BR``, ``pt-PT``), the first
    one with text counts. Languages are matched by `globmed.languages.tags.listed_language`; the language that a unit or
    the header declares as the source (``srclang``) does not matter.

    Raises:
        UserError: not well-formed, another kind of XML, or a usable unit without a known origin.
    """
    header: dict[str, str] = {}
    body: Element | None = None
    try:
        with path.open("rb") as file:
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=False):
                tag = local_name(element)
                if event == "start":
                    body = _checked_root(element) if body is None else element if tag == "body" else body
                elif tag == "header":
                    header = _properties(element)
                elif tag == "tu":
                    yield _read_unit(element, path, header.get("origin", default_origin))
                    if body is not None:
                        body.clear()
    except (ParseError, DefusedXmlException, UnicodeError, LookupError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: not a TMX file ({error}); expected TMX 1.4 as XML, in UTF-8 or UTF-16") from error


def _checked_root(root: Element) -> Element:
    if local_name(root) != "tmx":
        raise ValueError(f"its root is <{local_name(root)}>")
    return root


def _read_unit(element: Element, path: Path, default_origin: str | None) -> UnitRead:
    variants = [(_stated(each), each) for each in element.iter() if local_name(each) == "tuv"]
    stated = [code for code, _ in variants]
    sources: list[Text] = []
    targets: dict[str, Text] = {}
    unreadable = False
    for code, variant in variants:
        listed = listed_language(code)
        try:
            text = _segment(variant) if listed is not None else None
        except UnreadableError:
            unreadable = True
            continue
        if listed is None or text is None:
            continue
        if listed.name == ENGLISH:
            sources.append(text)
        else:
            targets.setdefault(listed.tag, text)
    pairs = [
        (source.text, tag, target.text)
        for source, (tag, target) in product(dict.fromkeys(sources), targets.items())
        if source.left_out == target.left_out
    ]
    if not pairs:
        readable = not unreadable and not (sources and targets)
        return UnitRead([], UNREADABLE if not readable else NO_LISTED if sources else NO_ENGLISH, stated)
    tuid = element.get("tuid") or "?"
    origin = _origin(element, f"{path}, unit {tuid}", default_origin)
    edited = origin == "postedited" and _properties(element).get(EDITED) == YES
    return UnitRead([Unit(*pair, origin, path.name, tuid, edited) for pair in dict.fromkeys(pairs)], "", stated)


def _origin(element: Element, where: str, default: str | None) -> str:
    origin = _properties(element).get("origin", default)
    if origin not in PRECEDENCE:
        raise UserError(
            f"{where}: origin is {origin!r}, expected one of {', '.join(PRECEDENCE)} in "
            '<prop type="origin">, or --memory-origin for files that state none'
        )
    return origin


def _stated(variant: Element) -> str:
    """Return the stated language of a variant: ``xml:lang``, or ``lang`` in TMX 1.1."""
    return (variant.get(LANG) or variant.get("lang") or "").strip()


def _segment(variant: Element) -> Text | None:
    """Return the text of a variant; None if it has none."""
    segment = variant.find("{*}seg")
    text = None if segment is None else segment_text(segment)
    return text if text and text.text else None


def _properties(element: Element) -> dict[str, str]:
    return {prop.get("type", ""): (prop.text or "").strip() for prop in element.findall("{*}prop")}


def _is_packed(path: Path) -> bool:
    return path.suffix.lower() in PACKED and Path(path.stem).suffix.lower() == ".tmx"


@dataclass(frozen=True, slots=True)
class _FileRead:
    """A file that was read: its pairs, and counts of its units, as `MemoryReport` has them."""

    name: str
    texts: pl.DataFrame
    units: int
    languages: Counter[str]
    left_out: Counter[str]
    unlisted: Counter[str]


def _read_file(default_origin: str | None, file: Path | PublishedFile) -> _FileRead:
    units = read_units(file, default_origin) if isinstance(file, Path) else _published_units(file)
    return _of_file(str(_path(file)), units)


def _path(file: Path | PublishedFile) -> Path:
    return file if isinstance(file, Path) else file.path


def _size(file: Path | PublishedFile) -> int:
    return _path(file).stat().st_size


def _of_file(name: str, units: Iterable[UnitRead]) -> _FileRead:
    """Read a file; only its pairs are kept, as a table."""
    read = list(units)
    used = [unit for unit in read if unit.pairs]
    stated = (code or "none stated" for unit in read for code in unit.stated if not listed_language(code))
    return _FileRead(
        name,
        pl.DataFrame([pair for unit in used for pair in unit.pairs], schema=SCHEMA, orient="row"),
        len(read),
        Counter(tag for unit in used for tag in {pair.language for pair in unit.pairs}),
        Counter(unit.problem for unit in read if unit.problem),
        Counter(stated),
    )


def _published_units(file: PublishedFile) -> Iterator[UnitRead]:
    """Yield the records of a published file as units."""
    name, version = repository(file.root)
    listed = listed_language(file.code)
    tag = listed.tag if listed else file.code
    for record in read_published(file):
        tuid = f"{file.part}: {record.name}"
        units = [Unit(source, tag, text, "machine", name, tuid, version=version) for source, text in record.pairs]
        yield UnitRead(units, record.problem or ("" if units else NO_TEXT), [file.code])


def _report(read: Sequence[_FileRead]) -> MemoryReport:
    languages, left_out, unlisted = (
        sum((getattr(each, name) for each in read), Counter[str]()) for name in ("languages", "left_out", "unlisted")
    )
    return MemoryReport(
        files=len(read),
        units=sum(each.units for each in read),
        used=sum(each.units - each.left_out.total() for each in read),
        languages=dict(sorted(languages.items())),
        left_out=dict(left_out),
        unlisted=dict(unlisted.most_common()),
        unused_files=[each.name for each in read if each.units and each.texts.is_empty()],
        empty_files=[each.name for each in read if not each.units],
    )


def _listed(counts: dict[str, int]) -> str:
    return f" ({', '.join(f'{name} {count:,}' for name, count in counts.items())})" if counts else ""
