"""The translation memory: English segments and their known translations, read from TMX files.

Format: TMX 1.4b (https://www.gala-global.org/tmx-14b). A unit's origin (``human``, ``postedited``, ``machine``)
stands in ``<prop type="origin">`` of the unit, of the file's header, or is given for files that state none.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

import polars as pl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from builders.translate.segments import with_keys
from builders.translate.tmx import LANG
from globmed.errors import UserError
from globmed.languages import languages
from globmed.storage.parquet import write_parquet

#: What a translation can be, from the one to prefer to the one to use last.
PRECEDENCE = ("human", "postedited", "machine")
#: Where Chinese without a stated script is written in Traditional characters; the dataset's is in Simplified ones.
TRADITIONAL = frozenset({"tw", "hk", "mo"})
#: Inline elements that hold codes of the tool, or (``sub``) a text apart from the segment; ``hi`` holds its text.
NOT_TEXT = frozenset({"bpt", "ept", "it", "ph", "ut", "sub"})
SCHEMA = {
    "source": pl.String,
    "language": pl.String,
    "text": pl.String,
    "origin": pl.String,
    "file": pl.String,
    "tuid": pl.String,
}


class Unit(NamedTuple):
    """A translation unit: an English text and its translation into one language (BCP-47 tag)."""

    source: str
    language: str
    text: str
    origin: str
    file: str
    tuid: str


def tmx_files(paths: Sequence[Path]) -> list[Path]:
    """The TMX files that paths name; a folder stands for all below it.

    Raises:
        UserError: a path that is neither, or a folder without any.
    """
    found: list[Path] = []
    for path in paths:
        below = sorted(path.rglob("*.tmx")) if path.is_dir() else [path] if path.is_file() else []
        if not below:
            raise UserError(f"{path}: no TMX file there; name a .tmx file or a folder that holds some")
        found += below
    return found


def build_memory(files: Sequence[Path], out: Path, default_origin: str | None = None) -> None:
    """Write the memory of ``files`` as Parquet: ``memory_key, language, text, origin, file, tuid``, a row a text.

    Of several translations of one normalised text into one language the best origin wins, then the file named
    first, then the first in that file.
    """
    units = [unit for file in files for unit in read_tmx(file, default_origin)]
    texts = pl.DataFrame(units, schema=SCHEMA, orient="row").with_row_index("order")
    frame = (
        with_keys(texts, "source")
        .with_columns(pl.col("origin").replace_strict(list(PRECEDENCE), range(len(PRECEDENCE))).alias("rank"))
        .sort("language", "memory_key", "rank", "order")
        .unique(["language", "memory_key"], keep="first", maintain_order=True)
        .select("memory_key", "language", "text", "origin", "file", "tuid")
    )
    write_parquet(frame, out)


def read_tmx(path: Path, default_origin: str | None = None) -> Iterator[Unit]:
    """The units of a TMX file whose source is English; languages that GlobMed does not list are passed over.

    Of several variants of a language in one unit (``pt-BR``, ``pt-PT``) the first with text counts.

    Raises:
        UserError: not well-formed, no header, a unit without an origin, or with an unknown one.
    """
    header: dict[str, str] = {}
    try:
        with path.open("rb") as file:
            for _, element in iterparse(file, events=("end",), forbid_dtd=False):
                if element.tag == "header":
                    header = _properties(element)
                elif element.tag == "tu":
                    yield from _units(element, path, header.get("origin", default_origin))
                    element.clear()
    except (ParseError, DefusedXmlException, UnicodeError, ValueError) as error:
        raise UserError(f"{path}: not a TMX file ({error}); expected TMX 1.4 as XML") from error


def _units(element: Element, path: Path, default_origin: str | None) -> Iterator[Unit]:
    tuid = element.get("tuid") or "?"
    origin = _properties(element).get("origin", default_origin)
    if origin not in PRECEDENCE:
        raise UserError(
            f"{path}, unit {tuid}: origin is {origin!r}, expected one of {', '.join(PRECEDENCE)} in "
            '<prop type="origin">, or --memory-origin for files that state none'
        )
    texts: dict[str, str] = {}
    for variant in element.iter("tuv"):
        tag, text = _tag(variant), _segment(variant)
        if tag is not None and text:
            texts.setdefault(tag, text)
    source = texts.pop("en", "")
    if not source:
        return
    for tag, text in texts.items():
        yield Unit(source, tag, text, origin, path.name, tuid)


def _tag(variant: Element) -> str | None:
    """The listed language of a variant: a regional one (``pt-BR``) counts as it, one in another script does not."""
    stated = (variant.get(LANG) or variant.get("lang") or "").replace("_", "-").lower()
    primary, *subtags = stated.split("-")
    entry = next((entry for entry in languages().values() if entry.tag == primary), None)
    if entry is None:
        return None
    scripts = [subtag for subtag in subtags if len(subtag) == 4 and subtag.isalpha()]
    if not scripts and primary == "zh" and not TRADITIONAL.isdisjoint(subtags):
        scripts = ["hant"]
    return primary if scripts in ([], [entry.script.lower()]) else None


def _segment(variant: Element) -> str:
    segment = variant.find("seg")
    return "" if segment is None else "".join(_text(segment)).strip()


def _text(element: Element) -> Iterator[str]:
    """The text of an element without the native codes in it."""
    yield element.text or ""
    for inner in element:
        if inner.tag not in NOT_TEXT:
            yield from _text(inner)
        yield inner.tail or ""


def _properties(element: Element) -> dict[str, str]:
    return {prop.get("type", ""): (prop.text or "").strip() for prop in element.findall("prop")}
