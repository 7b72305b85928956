"""Find questions about a figure, photograph, tracing or table, which a text dataset does not contain.

The words by themselves say little: "a picture of acute abdomen", "the table in the operating room", "laboratory values
are shown below", with the values. A pattern therefore has to refer to something that readers should look at; numbers
that follow the mention of a table are the table.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

_PICTURE = (
    r"(?:clinical |gross |histologic(?:al)? |radiographic )?(?:images?|figures?|pictures?|photo(?:graph|micrograph)?s?|"
    r"micrographs?|diagrams?|graphs?|illustrations?|drawings?|exhibits?|slides?|charts?|sketch(?:es)?)"
)
#: Words for pictures: these are "shown", not described.
_TAKEN = (
    rf"(?:{_PICTURE}|(?:x-?rays?|CXRs?|radiographs?|CTs?|MRIs?|CT scans?|scans?|ultrasounds?|(?:ultra)?sonograms?|"
    r"ECGs?|EKGs?|electrocardiograms?|EEGs?|angiograms?|mammograms?|echocardiograms?|cardiotocographs?|"
    r"(?:blood |pap )?smears?|tracings?|rhythm strips?|microscopy|biops(?:y|ies)|histolog(?:y|ic \w+)|"
    r"pathology|specimens?|pedigrees?|karyotypes?|fundus|fundoscopy|ultrasonography|radiography|tomography|rash|"
    r"lesions?|curves?|loops?|examination))"
)
_ENGLISH = (
    rf"\(\s*(?:please )?(?:see|refer to|as (?:shown|seen) (?:in|on))? ?(?:the )?(?:attached |accompanying )?"
    rf"(?:{_PICTURE}|figs?\.?)(?: (?:(?-i:[A-E])|\d{{1,2}}|below|above|attached))?\s*\)",
    rf"\b(?:shown|seen|depicted|illustrated|given|provided|presented|displayed|pictured|indicated|marked|labell?ed|as)"
    rf" (?:here )?(?:in|on|by) (?:the|this|these|an?) (?:\w+ )?{_PICTURE}\b",
    r"\b(?:shown|seen|depicted|illustrated|given|marked) in (?:figure|image|diagram|photograph|picture)\b",
    rf"\b(?:the|this|these) (?:attached|accompanying|provided|given|above|adjacent|displayed) {_TAKEN}",
    r"\b(?<!which of the )(?<!one of the )following (?:images?|photographs?|photomicrographs?|pictures?|ECG|EKG|x-?ray|"
    r"radiograph|CT scan|MRI)\b(?! (?:findings?|signs?|features?|changes?|patterns?|appearances?|quality))",
    rf"\b{_PICTURE} (?:is |are |as )?(?:shown|given|provided|attached|displayed|depicted)\b(?! to\b)",
    rf"\b{_PICTURE} (?:below|above)\b(?! (?:the|normal|average|\d))",
    rf"\b{_TAKEN}\b[^.?!:;]{{0,90}}?\b(?:is|are) (?:shown|pictured|depicted|displayed)"
    r"(?: (?:below|above|here|on the (?:right|left)))?(?=\s*[.?!,]|\s*$| with\b)",
    rf"\b{_TAKEN}\b[^.?!:;]{{0,60}}?\b(?:and|as) (?:shown|pictured|depicted) (?:below|above|here)(?=\s*[.?!,]|\s*$)",
    r"\b(?:results?|findings?) (?:is|are) pictured\b",
    r",? as shown(?=\s*\.)",
    r"\bthe (?:picture|photograph|figure) shows\b",
    r"\b(?:in|on) (?:the|this) (?:graph|figure|diagram|photograph)(?=\s*[?.])",
    r"\b(?:indicated|marked|pointed(?: (?:to|out|at))?|shown|designated|identified|denoted|noted|labell?ed)"
    r" \(?(?:by|with|at) (?:the |an? )?(?:\w+ )?arrow(?:head)?s?\b",
    r"\b(?:figure|image|fig\.|exhibit) (?:(?-i:[A-E])|\d{1,2})\b(?! (?:of|and) the)",
    r"\bidentify the (?:\w+ ){0,4}(?:image|figure|picture|photograph|diagram|(?:shown|given) (?:below|above|in))",
    r"\b(?:instrument|structure|device|organism|parasite|specimen|lesion|sign|procedure|condition)s? (?:is |are )?"
    r"(?:shown|depicted|pictured|given|seen)(?: (?:below|above|here))(?=\s*[.?!:]|\s*$| is\b)",
)
_SPANISH = (
    r"\b(?:imagen|imágenes|figura|fotografía|gráfic[oa]|radiografía|esquema|dibujo)s? (?:siguiente|adjunt[oa]s?|"
    r"anexa|inferior|superior|(?:que )?se (?:muestran?|adjuntan?|presentan?|acompañan?))\b",
    r"\b(?:siguiente|presente) (?:imagen|figura|fotografía|gráfic[oa]|radiografía|dibujo)\b",
    r"\b(?:muestran?|muestra|observan?|aprecian?|indican?|señalan?|mostrad[oa]|representad[oa]|indicad[oa]|"
    r"señalad[oa]) en (?:la|el|esta|este) (?:imagen|figura|fotografía|gráfic[oa]|dibujo|esquema)\b",
    r"\b(?:vinculada|asociada) a la imagen\b",
    r"\b(?:ver|véase) (?:la )?(?:imagen|figura|fotografía)\b",
    r"\b(?:imagen|figura) (?:n[.º°]* ?)?\d{1,2}\b",
    r"\b(?:señalad[oa]|marcad[oa]|indicad[oa])s? (?:con|por) (?:una|la|las)? ?flechas?\b",
)
#: Without one of these words no pattern matches; most questions have none.
_LOOKED_AT = re.compile(
    r"\b(?:shown|pictured|depicted|displayed|imag|imág|figur|fig\.|photo|foto|pictures?\b|graph|gráfic|diagram|drawing|"
    r"dibuj|dessin|exhibits?\b|slides?\b|charts?\b|sketch|arrow|flecha|flèche|schéma|esquema|tracé|tables?\b|tablas?\b|"
    r"tableau|adjunt|ci-|micrograph|(?:below|above|here)\s*[.?!:]|(?:siguiente|presente) radiograf|"
    r"(?:following|given|attached|accompanying|this|these|the) (?:ECG|EKG|x-?ray|radiograph|CT|MRI))",
    re.IGNORECASE,
)
_FRENCH = (
    r"\b(?:image|figure|photographie|photo|schéma|graphique|radiographie|tracé|dessin)s? (?:suivante?|"
    r"ci-(?:dessous|dessus|jointe?|contre|après))\b",
    r"\b(?:montrée?|présentée?|indiquée?|visible|représentée?|illustrée?)s? (?:sur|dans|par) (?:la|le|l['’]|cette|ce) ?"
    r"(?:image|figure|photo(?:graphie)?|schéma|graphique|dessin)\b",
    r"\b(?:voir|cf\.?) (?:la |l['’])?(?:image|figure|photo(?:graphie)?)\b",
    r"\b(?:image|figure) (?:n[.º°]* ?)?\d{1,2}\b",
    r"\bpar (?:la|une|les|des) flèches?\b",
)
_FIGURES: Mapping[str, re.Pattern[str]] = {
    tag: re.compile("|".join(patterns), re.IGNORECASE)
    for tag, patterns in (("en", _ENGLISH), ("es", _SPANISH), ("fr", _FRENCH))
}
_TABLES: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:following|attached|accompanying) table\b|\btable (?:below|above|shown|given|provided)\b", re.I
    ),
    "es": re.compile(r"\b(?:siguiente tabla|tabla (?:siguiente|adjunta|que se (?:muestra|adjunta)))\b", re.I),
    "fr": re.compile(r"\btableau (?:ci-(?:dessous|dessus|joint|contre)|suivant)\b", re.I),
}
#: Before a figure in brackets: the figure is not described, so that readers have to look at it.
_UNTOLD = re.compile(
    r"(?:\b(?:done|performed|obtained|taken|ordered|made|biopsy|study|shown|x-ray|scan|ECG|EKG|smear)|"
    r"\bfollowing [^.?!]{0,60}|[.?!:])\s*$",
    re.IGNORECASE,
)
_TOLD_AFTER = re.compile(r",\s*(?:which )?(?:reveal|show|demonstrat|confirm|indicat)(?:s|es|ed|ing)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_HYPHENS = str.maketrans("‐‑", "--")
#: In a question that mentions a table, at least this many numbers are the table itself.
CELLS = 4


def missing_figure(question: str | None, language: str) -> str | None:
    """Return the words with which a question refers to a missing figure or table; None if it does not.

    Args:
        question: its text.
        language: its BCP-47 tag; nothing is found in a language without patterns.
    """
    return next((words for words, is_told in _pointed_at(question, language) if not is_told), None)


def mentions_figure(question: str | None, language: str) -> bool:
    """Return whether a question only mentions a missing figure, and describes it."""
    told = [is_told for _, is_told in _pointed_at(question, language)]
    return bool(told) and all(told)


@lru_cache(maxsize=1)
def _pointed_at(question: str | None, language: str) -> tuple[tuple[str, bool], ...]:
    """Return the words that refer to a figure, each with whether the text describes it: "a wart (see image)"."""
    if not question or language not in _FIGURES or not _LOOKED_AT.search(question):
        return ()
    pointed = []
    text = question.translate(_HYPHENS)
    for found in _FIGURES[language].finditer(text):
        before = text[: found.start() + found[0].startswith("(")]
        opened = before.rfind("(")
        in_brackets = opened > before.rfind(")") and text.find(")", found.end() - 1) >= 0
        is_told = in_brackets and not _UNTOLD.search(before[:opened])
        pointed.append((found[0], is_told or _TOLD_AFTER.match(text, found.end()) is not None))
    table = _TABLES[language].search(text)
    if table and not text[table.end() :].lstrip().startswith(":") and len(_NUMBER.findall(text)) < CELLS:
        pointed.append((table[0], False))
    return tuple(pointed)
