"""Reading TBX: ISO 30042 in version 2 (``martif``) and 3 (``tbx``), in either style, and TBX-Min."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from globmed.errors import UserError
from globmed.languages import Language
from globmed.languages.tags import listed_language
from validation.signals.evidence.glossary_status import ANYWHERE, FIELDS, NOT_AGREED, TRUE, is_agreed, plain

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ROOTS = ("martif", "tbx")
CONCEPTS = ("termEntry", "conceptEntry", "entry")
SECTIONS = ("langSet", "langSec", "langGroup")
TERMS = ("tig", "ntig", "termSec", "termGroup")


class Agreement(NamedTuple):
    """A term, a translation of it, and whether both are agreed."""

    source: str
    target: str
    agreed: bool


class _Term(NamedTuple):
    text: str
    agreed: bool


def read_tbx(path: Path, source: Language, target: Language) -> Iterator[Agreement]:
    """Yield every translation that a concept has of a term, in the order of the file.

    The languages of its sections are known by `globmed.languages.tags.listed_language`.

    Raises:
        UserError: not TBX, an empty term, a section without a language, an unknown status, or no concept
            with terms in both languages.
    """
    languages: set[str] = set()
    found = False
    for number, concept in enumerate(_named(_root(path), *CONCEPTS), start=1):
        where = f"{path}, concept {number} (id {concept.get('id', 'none')})"
        sections = [(_code(where, section), section) for section in _named(concept, *SECTIONS)]
        languages |= {listed.tag if (listed := listed_language(code)) else code for code, _ in sections}
        known = _agreed(where, _above(concept, SECTIONS))
        sources, targets = (_terms(where, sections, language, known) for language in (source, target))
        for term in sources:
            for each in targets:
                found = True
                yield Agreement(term.text, each.text, term.agreed and each.agreed)
    if not found:
        raise UserError(
            f"{path}: the languages {', '.join(sorted(languages)) or 'none'}, "
            f"expected a concept with terms in {source.tag} and {target.tag}"
        )


def _root(path: Path) -> Element:
    try:
        # A document type is usual in version 2; entities and external references stay forbidden.
        root: Element = ElementTree.fromstring(path.read_bytes(), forbid_dtd=False)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}, expected a TBX file") from error
    except ParseError as error:
        raise UserError(f"{path}, line {error.position[0]}: {error}, expected well-formed TBX") from error
    except (DefusedXmlException, LookupError, ValueError) as error:
        raise UserError(
            f"{path}: {error}, expected TBX without entities or external references, in UTF-8, UTF-16 or Latin-1"
        ) from error
    if _name(root).lower() not in ROOTS:
        raise UserError(f"{path}: the root <{_name(root)}>, expected <tbx> or <martif>")
    return root


def _code(where: str, section: Element) -> str:
    code = section.get(XML_LANG, "") or section.get("lang", "")
    if not code.strip():
        raise UserError(f"{where}: <{_name(section)}> without xml:lang, expected a language tag such as en")
    return code


def _terms(
    where: str, sections: Iterable[tuple[str, Element]], language: Language, concept_agreed: bool
) -> list[_Term]:
    """Return the terms that a concept has in a language."""
    terms: list[_Term] = []
    for code, section in sections:
        if listed_language(code) != language:
            continue
        section_agreed = _agreed(where, _above(section, TERMS))
        for group in _named(section, *TERMS):
            agreed = _agreed(where, group.iter()) and section_agreed and concept_agreed
            terms += [_Term(_written(where, term), agreed) for term in _named(group, "term")]
    return terms


def _written(where: str, term: Element) -> str:
    written = " ".join("".join(term.itertext()).split())
    if not any(map(str.isalnum, written)):
        raise UserError(f"{where}, <term>: {written!r}, expected a term with a letter or a digit")
    return written


def _above(element: Element, names: tuple[str, ...]) -> Iterator[Element]:
    """Yield an element and its descendants, except those with these names: statements that apply to all of those."""
    yield element
    for child in element:
        if _name(child) not in names:
            yield from _above(child, names)


def _agreed(where: str, elements: Iterable[Element]) -> bool:
    """Return whether no element says that the term is not agreed."""
    return all(_says_agreed(where, element) for element in elements)


def _says_agreed(where: str, element: Element) -> bool:
    if _name(element) == "term":
        return _attributes_agree(where, element)
    field = plain(element.get("type", "") or _name(element))
    text = (element.text or "").strip()
    if field in FIELDS and text:
        return is_agreed(where, text) and _attributes_agree(where, element)
    words = NOT_AGREED if "status" in field else ANYWHERE
    negative = plain(text) in words or (field in ANYWHERE and text.casefold() in TRUE)
    return not negative and _attributes_agree(where, element)


def _attributes_agree(where: str, element: Element) -> bool:
    """Return whether no attribute denies it: ``status="forbidden"``, Weblate's ``weblate-flags="forbidden"``."""
    for name, value in element.attrib.items():
        field = plain(name.rpartition("}")[2])
        if field in FIELDS and value.strip() and not is_agreed(where, value):
            return False
        if field.endswith("flags") and not ANYWHERE.isdisjoint(map(plain, value.split(","))):
            return False
    return True


def _named(element: Element, *names: str) -> Iterator[Element]:
    return (each for each in element.iter() if _name(each) in names)


def _name(element: Element) -> str:
    """Return an element's name without the namespace, which version 3 has and version 2 has not."""
    return str(element.tag).rpartition("}")[2]
