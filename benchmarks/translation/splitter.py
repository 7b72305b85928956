"""The sentence splitter on text whose sentences are known: ``python -m benchmarks.splitter``.

Consecutive sentences of a TICO-19 document are joined to paragraphs of eight and split again, by our Punkt, by a Punkt
that has learnt nothing, and by the rules of spaCy, the one splitter that Argos Translate installs without a download.
Argos's default, MiniSBD, fetches its model from the network at first use and cannot be measured without it. What counts
are boundaries between sentences; the published text is no perfect reference, it has several sentences in some lines.
"""

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import spacy
from defusedxml.ElementTree import iterparse
from nltk.tokenize.punkt import PunktSentenceTokenizer

from builders.translate.sentences.splitter import Splitter

Split = Callable[[str], list[str]]
SENTENCES = 8


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tmx", type=Path, default=Path("../shared/data/parallel/tico19/dev.en-sw.tmx"))
    paragraphs = list(read_paragraphs(parser.parse_args().tmx))
    rules = spacy.blank("en")
    rules.add_pipe("sentencizer")
    splitters: dict[str, Split] = {
        "ours": Splitter().split_sentences,
        "Punkt, nothing learnt": lambda text: list(PunktSentenceTokenizer().tokenize(text)),
        "spaCy's rules": lambda text: [sentence.text for sentence in rules(text).sents],
    }
    for name, split in splitters.items():
        started = time.perf_counter()
        found = [boundaries(split(" ".join(sentences))) for sentences in paragraphs]
        seconds = time.perf_counter() - started
        wanted = [boundaries(sentences) for sentences in paragraphs]
        right = sum(len(a & b) for a, b in zip(found, wanted, strict=True))
        precision, recall = right / sum(map(len, found)), right / sum(map(len, wanted))
        f1 = 2 * precision * recall / (precision + recall)
        rate = sum(map(len, paragraphs)) / seconds
        print(f"{name}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}; {rate:,.0f} sentences/s")


def read_paragraphs(path: Path) -> Iterator[list[str]]:
    """Yield the English sentences of every document, eight at a time."""
    units = ((unit.get("tuid", ""), unit) for _, unit in iterparse(path) if unit.tag == "tu")
    for _, document in itertools.groupby(units, key=lambda pair: pair[0].rpartition(":")[0]):
        sentences = [" ".join((unit.findtext("tuv/seg") or "").split()) for _, unit in document]
        yield from (sentences[start : start + SENTENCES] for start in range(0, len(sentences), SENTENCES))


def boundaries(sentences: list[str]) -> set[int]:
    """Return the number of characters, without white space, before each sentence but the first."""
    lengths = (len("".join(sentence.split())) for sentence in sentences)
    return set(itertools.accumulate(lengths)) - {sum(len("".join(sentence.split())) for sentence in sentences)}


if __name__ == "__main__":
    main()
