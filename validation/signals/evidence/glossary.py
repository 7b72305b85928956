"""Glossaries: agreed translations of terms, from a CSV file or TBX (ISO 30042, version 2 or 3)."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import polars as pl
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from globmed.errors import UserError
from globmed.languages import Language

HEADERS = (["source", "target"], ["source", "target", "note"])
#: What stands between several agreed translations in a field of CSV.
BETWEEN = "|"
#: Terms with such a status are known, but no longer agreed.
WITHDRAWN = {"deprecatedTerm-admn-sts", "supersededTerm-admn-sts"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_glossary(path: Path, source: Language, target: Language) -> pl.DataFrame:
    """``source, target`` of a glossary: a row for each agreed translation of a term, in the order of the file.

    Raises:
        UserError: unreadable, in neither format, an empty or unusable term, or no term of these languages.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise UserError(f"{path}: cannot be read as UTF-8 ({error})") from error
    terms = _read_tbx(path, text, source, target) if path.suffix.lower() in {".tbx", ".xml"} else _read_csv(path, text)
    found = pl.DataFrame(list(terms), schema={"source": pl.String, "target": pl.String}, orient="row")
    if found.is_empty():
        raise UserError(f"{path}: no terms, expected at least one from {source.name} to {target.name}")
    return found.unique(maintain_order=True)


def has_terms(path: Path) -> bool:
    """Whether anything is agreed in a glossary; one of CSV with the header alone is there to be filled."""
    if path.suffix.lower() != ".csv":
        return True
    try:
        return any(path.read_text("utf-8-sig").splitlines()[1:])
    except (OSError, UnicodeError) as error:
        raise UserError(f"{path}: cannot be read as UTF-8 ({error})") from error


def _read_csv(path: Path, text: str) -> Iterator[tuple[str, str]]:
    lines = csv.reader(StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    try:
        for fields in lines:
            where = f"{path}, line {lines.line_num}"
            if header is None:
                header = _header(where, fields)
            elif fields:
                yield from _entry(where, fields, header)
    except csv.Error as error:
        raise UserError(f"{path}, line {lines.line_num}: {error}; expected CSV with quotes doubled") from error
    if header is None:
        raise UserError(f"{path}, line 1: nothing, expected the header source,target")


def _header(where: str, fields: list[str]) -> list[str]:
    if fields not in HEADERS:
        raise UserError(f"{where}: {','.join(fields)[:60]!r}, expected the header source,target or source,target,note")
    return fields


def _entry(where: str, fields: list[str], header: list[str]) -> Iterator[tuple[str, str]]:
    if len(fields) != len(header):
        raise UserError(f"{where}: {len(fields)} fields, expected {','.join(header)}; quote a field that has a comma")
    source, targets = fields[0], fields[1].split(BETWEEN)
    for name, term in [("source", source), *(("target", each) for each in targets)]:
        if not _has_letter(term):
            raise UserError(f"{where}, {name}: {term!r}, expected a term with a letter or a digit")
    yield from ((source.strip(), each.strip()) for each in targets)


def _read_tbx(path: Path, text: str, source: Language, target: Language) -> Iterator[tuple[str, str]]:
    try:
        # A document type is usual in version 2; entities and external references stay forbidden.
        root: Element = ElementTree.fromstring(text, forbid_dtd=False)
    except ParseError as error:
        raise UserError(f"{path}, line {error.position[0]}: {error}, expected well-formed TBX") from error
    except (DefusedXmlException, LookupError, ValueError) as error:
        raise UserError(f"{path}: {error}, expected UTF-8 TBX without entities or external references") from error
    if _name(root) not in {"martif", "tbx"}:
        raise UserError(f"{path}: the root <{_name(root)}>, expected <tbx> or <martif>")
    languages: set[str] = set()
    several = False
    for number, concept in enumerate(_named(root, "termEntry", "conceptEntry"), start=1):
        where = f"{path}, concept {number} (id {concept.get('id', 'none')})"
        sections = [(_language(where, section), section) for section in _named(concept, "langSet", "langSec")]
        languages |= {tag for tag, _ in sections}
        sources, targets = (_terms(where, sections, language) for language in (source, target))
        for term in sources:
            yield from ((term, each) for each in targets)
            several = several or bool(targets)
    if not several:
        raise UserError(
            f"{path}: the languages {', '.join(sorted(languages)) or 'none'}, "
            f"expected a concept with terms in {source.tag} and {target.tag}"
        )


def _language(where: str, section: Element) -> str:
    """The primary part of a section's language tag."""
    tag = section.get(XML_LANG, "")
    if not tag:
        raise UserError(f"{where}: <{_name(section)}> without xml:lang, expected a language tag such as en")
    return tag.replace("_", "-").split("-")[0].lower()


def _terms(where: str, sections: Iterable[tuple[str, Element]], language: Language) -> list[str]:
    """The agreed terms that a concept has in a language."""
    terms = []
    for tag, section in sections:
        for group in _named(section, "tig", "ntig", "termSec") if tag in {language.tag, language.iso639_3} else ():
            if WITHDRAWN & {(element.text or "").strip() for element in group.iter()}:
                continue
            for term in _named(group, "term"):
                written = " ".join("".join(term.itertext()).split())
                if not _has_letter(written):
                    raise UserError(f"{where}, <term>: {written!r}, expected a term with a letter or a digit")
                terms.append(written)
    return terms


def _named(element: Element, *names: str) -> Iterator[Element]:
    return (each for each in element.iter() if _name(each) in names)


def _name(element: Element) -> str:
    """An element's name without the namespace, which version 3 has and version 2 has not."""
    return str(element.tag).rpartition("}")[2]


def _has_letter(term: str) -> bool:
    return any(character.isalnum() for character in term)
