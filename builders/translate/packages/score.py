"""Scores of a package against reference translations: chrF++ and BLEU as computed by sacrebleu."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from builders.translate.machine.lines import translate_lines
from builders.translate.packages.corpus import Pair
from builders.translate.packages.package import Package

#: Tokenizers of BLEU, which counts words, for languages without spaces; signatures state the tokenizer.
BLEU_TOKENIZERS = {"zh": "zh", "zh-Hant": "zh", "ja": "char", "ko": "char"}
RESAMPLES = 1000


@dataclass(frozen=True)
class Score:
    """A score from 0 to 100; its 95 % bootstrap interval is ``mean`` plus and minus ``interval``."""

    metric: str
    score: float
    mean: float
    interval: float
    signature: str


def score_package(package: Package, pairs: Sequence[Pair], *, threads: int = 4, beam: int = 4) -> list[Score]:
    """Translate the sources and compare the translations with the targets."""
    texts, _ = translate_lines(package, [pair.source for pair in pairs], threads=threads, beam=beam)
    return score_texts(texts, [pair.target for pair in pairs], package.target)


def score_texts(texts: Sequence[str], references: Sequence[str], target: str) -> list[Score]:
    """Return chrF++ and BLEU of translations with one reference each."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    bleu = BLEU(tokenize=BLEU_TOKENIZERS.get(target, "13a"))
    return [_score(metric, texts, references) for metric in (CHRF(word_order=2), bleu)]


def _score(metric: Any, texts: Sequence[str], references: Sequence[str]) -> Score:
    result = metric.corpus_score(list(texts), [list(references)], n_bootstrap=RESAMPLES)
    signature = str(metric.get_signature())
    found = json.loads(result.format(width=4, is_json=True, signature=signature))
    return Score(
        metric=found["name"],
        score=found["score"],
        mean=found["confidence_mean"],
        interval=found["confidence_var"],
        signature=signature,
    )
