"""Writing glossaries: CSV as people keep them, and TBX 2 (ISO 30042:2008), which translators' tools read."""

import csv
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import polars as pl

from globmed.errors import UserError
from globmed.languages import Language
from globmed.storage.files import replaced
from validation.signals.evidence.glossary import BETWEEN, HEADERS, XML_LANG

Concepts = list[tuple[str, list[str]]]


def write_glossary(terms: pl.DataFrame, path: Path, source: Language, target: Language) -> int:
    """Write the agreed translations of terms (``source, target``) in the format of the file's extension.

    Returns:
        The number of terms.

    Raises:
        UserError: neither ``.csv`` nor ``.tbx``, or a term that CSV cannot have.
    """
    formats: dict[str, Callable[[Concepts, Path, Language, Language], None]] = {".csv": _write_csv, ".tbx": _write_tbx}
    if path.suffix.lower() not in formats:
        raise UserError(f"{path}: expected a name that ends in {' or '.join(formats)}")
    concepts: Concepts = list(terms.group_by("source", maintain_order=True).agg("target").iter_rows())
    with replaced(path) as temporary:
        formats[path.suffix.lower()](concepts, temporary, source, target)
    return len(concepts)


def _write_csv(concepts: Concepts, path: Path, source: Language, target: Language) -> None:
    for term, translations in concepts:
        if any(BETWEEN in each for each in translations):
            raise UserError(f"{term!r} has a translation with {BETWEEN} in it, which separates terms in CSV")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADERS[0])
        writer.writerows((term, BETWEEN.join(translations)) for term, translations in concepts)


def _write_tbx(concepts: Concepts, path: Path, source: Language, target: Language) -> None:
    root = Element("martif", {"type": "TBX", XML_LANG: source.tag})
    about = SubElement(SubElement(SubElement(root, "martifHeader"), "fileDesc"), "sourceDesc")
    SubElement(about, "p").text = f"Agreed terms, {source.english_name} to {target.english_name}"
    body = SubElement(SubElement(root, "text"), "body")
    for number, (term, translations) in enumerate(concepts, start=1):
        concept = SubElement(body, "termEntry", id=f"c{number}")
        for entry, texts in ((source, [term]), (target, translations)):
            section = SubElement(concept, "langSet", {XML_LANG: entry.tag})
            for text in texts:
                SubElement(SubElement(section, "tig"), "term").text = text
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
