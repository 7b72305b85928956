"""Scores of a long answer against its reference: ROUGE-L, BLEU, chrF++, and the share in the row's language.

ROUGE's own tokenizer keeps nothing but Latin letters and digits: words here are those of any script, and characters
where a script has no spaces. Texts are compared in one Unicode form, so that a Yoruba mark is the same however typed.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from globmed.identify import share
from globmed.languages import Language, languages

WORD = re.compile(r"[\w\u0300-\u036f]+")
#: Scripts without spaces between words.
UNSPACED = {"Hans", "Jpan"}
#: sacrebleu's tokenizers that need no further package; characters for Japanese.
BLEU_TOKENIZERS = {"Hans": "zh", "Jpan": "char"}
SCORES = ("rouge_l", "bleu", "chrf", "language", "judge")


class Words:
    """ROUGE's tokenizer for a script."""

    def __init__(self, script: str) -> None:
        self.spaced = script not in UNSPACED

    def tokenize(self, text: str) -> list[str]:
        """Words, or characters, in lower case."""
        words = WORD.findall(text.casefold())
        return words if self.spaced else [mark for word in words for mark in word]


def scores(answer: str, reference: str | None, language: Language) -> dict[str, float | None]:
    """Every score of an answer but the judge's; without a reference the language alone."""
    found: dict[str, float | None] = dict.fromkeys(SCORES)
    found["language"] = share(answer, language)
    if reference:
        said, wanted = (unicodedata.normalize("NFC", text) for text in (answer, reference))
        found["rouge_l"] = _rouge(language.script).score(wanted, said)["rougeL"].fmeasure
        found["bleu"] = _bleu(language.script).sentence_score(said, [wanted]).score
        found["chrf"] = _chrf().sentence_score(said, [wanted]).score
    return found


def signatures() -> Mapping[str, str]:
    """How each score is computed, with the versions that did it."""
    scripts = {entry.script: entry for entry in languages().values()}
    for script in scripts:  # a signature is complete once something was scored
        _bleu(script).sentence_score("a", ["a"])
    _chrf().sentence_score("a", ["a"])
    rouge = {script: "characters" if script in UNSPACED else "words" for script in scripts}
    return {
        **{f"rouge_l {script}": f"rouge-score, F1, no stemmer, {unit}" for script, unit in rouge.items()},
        **{f"bleu {script}": str(_bleu(script).get_signature()) for script in scripts},
        "chrf": str(_chrf().get_signature()),
        "language": "pycld2, share of the text",
    }


@cache
def _rouge(script: str) -> RougeScorer:
    return RougeScorer(["rougeL"], tokenizer=Words(script))


@cache
def _bleu(script: str) -> BLEU:
    return BLEU(tokenize=BLEU_TOKENIZERS.get(script, "13a"), effective_order=True)


@cache
def _chrf() -> CHRF:
    return CHRF(word_order=2)
