"""Split sentences without the network: NLTK's Punkt, with parameters stored as plain data.

Punkt: Kiss and Strunk (2006), Unsupervised Multilingual Sentence Boundary Detection, Computational Linguistics 32(4).
``punkt.json`` was learnt from the English items by
``python -m builders.translate.sentences.splitter SEGMENTS.parquet``.
"""

import argparse
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer, PunktTrainer

from builders.translate.sentences.layout import Split
from globmed.storage.files import write_text

PARAMETERS = Path(__file__).with_name("punkt.json")
#: Sentence ends in Chinese and Japanese, which Punkt does not know.
_STOPS = re.compile(r"(?<=[。！？])")
#: Medical abbreviations with a full stop, whether or not the training text has them often enough.
KNOWN = (
    "a.m", "al", "approx", "avg", "b.i.d", "b.p", "c.f", "ca", "cf", "dept", "dr", "e.g", "ed", "eg", "eq", "esp", "et",
    "etc", "ex", "fig", "figs", "ft", "h.s", "hr", "hrs", "i.e", "i.m", "i.p", "i.v", "ie", "inc", "incl", "jr", "lab",
    "lat", "lb", "lbs", "m.d", "max", "med", "min", "mm.hg", "mr", "mrs", "ms", "mt", "n.b", "nos", "oz", "p.m",
    "p.o", "p.r.n", "ph.d", "prof", "q.d", "q.i.d", "ref", "resp", "rev", "s.c", "sec", "sp", "spp", "st", "subsp",
    "t.i.d", "temp", "u.k", "u.s", "u.s.a", "var", "viz", "vol", "vs", "wt",
)  # fmt: skip
FREQUENT = 50
_INITIALS = re.compile(r"[a-z](?:\.[a-z])+")


class Splitter:
    """Splits English paragraphs into sentences, deterministically."""

    def __init__(self, parameters: Path = PARAMETERS) -> None:
        self._tokenizer: Any = PunktSentenceTokenizer(read_parameters(parameters))

    def split_sentences(self, paragraph: str) -> list[str]:
        """Return the sentences of a paragraph, without the white space between them; the name is argostranslate's."""
        return [sentence for sentence in self._tokenizer.tokenize(paragraph) if sentence]


def sentence_split(source: str) -> Split:
    """Return the function that splits paragraphs of a language (tag): Punkt and, if not English, CJK full stops."""
    split = Splitter().split_sentences
    if source == "en":
        return split
    return lambda text: [part for each in split(text) for part in _STOPS.split(each) if part]


def read_parameters(path: Path) -> Any:
    """Read Punkt's parameters from JSON: abbreviations, collocations, sentence starters."""
    data = json.loads(path.read_text("utf-8"))
    parameters = PunktParameters()
    parameters.abbrev_types = set(data["abbreviations"])
    parameters.collocations = {tuple(pair) for pair in data["collocations"]}
    parameters.sent_starters = set(data["sentence_starters"])
    for word, context in data["orthographic_context"].items():
        parameters.ortho_context[word] = context
    return parameters


def learn(texts: Iterable[str], out: Path) -> None:
    """Learn parameters from texts, add the known abbreviations, and write them as JSON."""
    trainer: Any = PunktTrainer()
    for text in texts:
        trainer.train(text, finalize=False)
    trainer.finalize_training()
    learnt = trainer.get_params()
    # A word's capitalization indicates whether a sentence starts with it; for a rare word it is chance.
    frequent = {word for word, count in trainer._type_fdist.items() if count >= FREQUENT and word.isalpha()}
    data = {
        # Only learnt initials are kept: the other abbreviations are misspelt words that happened to end a sentence.
        "abbreviations": sorted({word for word in learnt.abbrev_types if _INITIALS.fullmatch(word)} | set(KNOWN)),
        "collocations": sorted(map(list, learnt.collocations)),
        "sentence_starters": sorted(learnt.sent_starters),
        "orthographic_context": {w: learnt.ortho_context[w] for w in sorted(frequent) if w in learnt.ortho_context},
    }
    write_text(out, json.dumps(data, ensure_ascii=False, indent=0) + "\n")


def main() -> None:
    """Learn the parameters from the segments of a build."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("segments", type=Path, help="segments.parquet")
    parser.add_argument("--out", type=Path, default=PARAMETERS)
    options = parser.parse_args()
    learn(pl.read_parquet(options.segments, glob=False)["text"].unique(maintain_order=True), options.out)


if __name__ == "__main__":
    main()
