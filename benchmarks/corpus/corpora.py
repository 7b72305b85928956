"""Human translations to measure against; the data stand beside the checkout and are never part of it."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from defusedxml import ElementTree

from globmed.languages import Language
from globmed.storage.lines import read_lines

PARALLEL = Path("../shared/data/parallel")
NTREX = {"pt": "por", "zh": "zho-CN", "sw": "swa", "wo": "wol", "yo": "yor", "zu": "zul", "de": "deu"}
NTREX |= {"fr": "fra", "ja": "jpn", "ko": "kor", "es": "spa"}
TICO = {"sw": "sw", "zu": "zu", "fr": "fr", "es": "es-LA", "pt": "pt-BR", "zh": "zh"}


def pairs(language: Language) -> pl.DataFrame:
    """``id, source, target``: every human translation from English into a language."""
    return pl.DataFrame([*_ntrex(language), *_tico(language)], schema=["id", "source", "target"], orient="row")


def _ntrex(language: Language) -> Iterator[tuple[str, str, str]]:
    folder = PARALLEL / "ntrex128"
    source = read_lines(folder / "newstest2019-src.eng.txt")
    target = read_lines(folder / f"newstest2019-ref.{NTREX[language.tag]}.txt")
    for line, (english, translation) in enumerate(zip(source, target, strict=True), start=1):
        yield f"ntrex:{line}", english, translation


def _tico(language: Language) -> Iterator[tuple[str, str, str]]:
    if language.tag not in TICO:
        return
    root = ElementTree.parse(PARALLEL / "tico19" / f"dev.en-{TICO[language.tag]}.tmx").getroot()
    assert root is not None
    for unit in root.iter("tu"):
        english, translation = ("".join(seg.itertext()).strip() for seg in unit.iter("seg"))
        yield f"tico:{unit.get('tuid')}", english, translation
