"""Metrics of answers, used by the benchmark, its report, releases and the model cards.

ROUGE's own tokenizer drops everything but Latin letters and digits: here words of every script are kept, and characters
in scripts without spaces. Texts are compared in one Unicode form, so that a Yoruba mark is the same however typed.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from types import MappingProxyType
from typing import TYPE_CHECKING

from globmed.languages import Language, languages

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

#: Half the width of a two-sided 95 % interval of the normal distribution, in standard errors.
NORMAL_95 = NormalDist().inv_cdf(0.975)
WORD = re.compile(r"[\w\u0300-\u036f]+")
#: Scripts without spaces between words.
UNSPACED = {"Hans", "Jpan"}
#: sacrebleu's tokenizers without further dependencies; characters for Japanese.
BLEU_TOKENIZERS = {"Hans": "zh", "Jpan": "char"}
#: The score of an answer against its reference, which may be absent; None if there is no score.
Measure = Callable[[str, str | None, Language], float | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric from 0, the worst value, to ``most``.

    Attributes:
        name: in the results.
        title: in reports.
        hub: its type on the Hub's cards; None if no mean of it is reported.
        most: the value of the best answer.
        measure: the score of one long answer; None for metrics that are computed otherwise.
        signature: how it is computed for a language, with package versions.
        by_script: whether the computation depends on the script.
    """

    name: str
    title: str
    hub: str | None
    most: float = 1
    measure: Measure | None = None
    signature: Callable[[Language], str] | None = None
    by_script: bool = False


def scores(answer: str, reference: str | None, language: Language) -> dict[str, float | None]:
    """Return every score of a long answer except the judge's; without a reference, only the language."""
    return {
        metric.name: metric.measure(answer, reference, language) if metric.measure else None for metric in LONG_ANSWERS
    }


def signatures() -> Mapping[str, str]:
    """Return how each score is computed, with the package versions used."""
    scripts = {entry.script: entry for entry in languages().values()}
    signed: dict[str, str] = {}
    for metric in LONG_ANSWERS:
        if metric.signature is not None and metric.by_script:
            signed |= {f"{metric.name} {script}": metric.signature(entry) for script, entry in scripts.items()}
        elif metric.signature is not None:
            signed[metric.name] = metric.signature(next(iter(scripts.values())))
    return signed


class Words:
    """ROUGE's tokenizer for a script."""

    def __init__(self, script: str) -> None:
        self.spaced = script not in UNSPACED

    def tokenize(self, text: str) -> list[str]:
        """Return words, or characters, in lower case."""
        words = WORD.findall(text.casefold())
        return words if self.spaced else [mark for word in words for mark in word]


def _of_references(score: Callable[[str, str, Language], float]) -> Measure:
    """Return a measure of answers that have a reference."""

    def measure(answer: str, reference: str | None, language: Language) -> float | None:
        if not reference:
            return None
        said, wanted = (unicodedata.normalize("NFC", text) for text in (answer, reference))
        return score(said, wanted, language)

    return measure


def _rouge_l(said: str, wanted: str, language: Language) -> float:
    return float(_rouge(language.script).score(wanted, said)["rougeL"].fmeasure)


def _bleu_score(said: str, wanted: str, language: Language) -> float:
    return float(_bleu(language.script).sentence_score(said, [wanted]).score)


def _chrf_score(said: str, wanted: str, language: Language) -> float:
    return float(_chrf().sentence_score(said, [wanted]).score)


def _in_language(answer: str, reference: str | None, language: Language) -> float | None:
    from globmed.languages.identify import share

    return share(answer, language)


def _signed(scorer: "BLEU | CHRF") -> str:
    scorer.sentence_score("a", ["a"])  # a signature is complete once something has been scored
    return str(scorer.get_signature())


@cache
def _rouge(script: str) -> "RougeScorer":
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], tokenizer=Words(script))


@cache
def _bleu(script: str) -> "BLEU":
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=BLEU_TOKENIZERS.get(script, "13a"), effective_order=True)


@cache
def _chrf() -> "CHRF":
    from sacrebleu.metrics.chrf import CHRF

    return CHRF(word_order=2)


#: The scores of a long answer, in the order of the results.
LONG_ANSWERS = (
    Metric(
        "rouge_l",
        "ROUGE-L",
        "rouge",
        measure=_of_references(_rouge_l),
        signature=lambda language: (
            f"rouge-score, F1, no stemmer, {'characters' if language.script in UNSPACED else 'words'}"
        ),
        by_script=True,
    ),
    Metric(
        "bleu",
        "BLEU",
        "bleu",
        most=100,
        measure=_of_references(_bleu_score),
        signature=lambda language: _signed(_bleu(language.script)),
        by_script=True,
    ),
    Metric(
        "chrf",
        "chrF++",
        "chrf",
        most=100,
        measure=_of_references(_chrf_score),
        signature=lambda language: _signed(_chrf()),
    ),
    Metric(
        "language",
        "Share in the row's language",
        None,
        measure=_in_language,
        signature=lambda language: "pycld2, share of the text",
    ),
    Metric("judge", "Judge's mark", "judge"),
)
#: Those whose mean is reported.
AVERAGED = tuple(metric.name for metric in LONG_ANSWERS if metric.hub)
#: All metrics of a model; for items with a key, the share of correct answers.
METRICS: Mapping[str, Metric] = MappingProxyType(
    {metric.name: metric for metric in (Metric("accuracy", "Accuracy", "accuracy"), *LONG_ANSWERS)}
)
