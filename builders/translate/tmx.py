"""Write TMX 1.4 (https://www.gala-global.org/tmx-14b), for the translation memory and for translators' tools."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from globmed.languages import ENGLISH, language
from globmed.storage.files import replaced

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def empty_tmx(made_by: str, facts: Mapping[str, str] | None = None) -> Element:
    """Create a document without units; ``facts`` are header properties, valid for units without their own."""
    root = Element("tmx", version="1.4")
    about = {"creationtool": "globmed", "creationtoolversion": "1", "segtype": "block", "o-tmf": made_by}
    header = SubElement(root, "header", about | {"adminlang": "en", "srclang": "en", "datatype": "plaintext"})
    _add_facts(header, facts or {})
    SubElement(root, "body")
    return root


def tmx_unit(tuid: str, facts: Mapping[str, str], source: str, target: str | None, tag: str) -> Element:
    """Create a unit of an English text and its translation into a language; without one, it is to be translated."""
    unit = Element("tu", tuid=tuid)
    _add_facts(unit, facts)
    for each, text in ((language(ENGLISH).tag, source), (tag, target)):
        if text is not None:
            SubElement(SubElement(unit, "tuv", {LANG: each}), "seg").text = text
    return unit


def write_tmx(root: Element, path: Path, units: Iterable[Element] = ()) -> None:
    """Write a document, with more units at the end of its body."""
    body = root.find("body")
    assert body is not None  # noqa: S101 -- whoever read or made the document saw to it
    body.extend(units)
    indent(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as temporary:
        ElementTree(root).write(temporary, encoding="utf-8", xml_declaration=True)


def _add_facts(element: Element, facts: Mapping[str, str]) -> None:
    for kind, value in facts.items():
        SubElement(element, "prop", type=kind).text = value
