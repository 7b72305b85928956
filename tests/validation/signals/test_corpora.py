"""The number signal on human translations, where their files stand beside the checkout."""

import pytest

from benchmarks.corpus.corpora import PARALLEL, pairs
from globmed.languages import language
from validation.signals.numbers.signal import agrees, numbers

pytestmark = pytest.mark.skipif(
    not PARALLEL.is_dir(),
    reason=f"no {PARALLEL}: ntrex128/ of github.com/MicrosoftTranslator/NTREX, tico19/ of tico-19.github.io (TMX)",
)

#: At most this share of human translations may be flagged, reference errors and converted units among them.
FLAGGED = {"fr": 0.02, "sw": 0.01, "zh": 0.01}


@pytest.mark.parametrize("tag", FLAGGED)
def test_human_translations_agree(tag: str) -> None:
    corpus = pairs(language(tag))
    found = numbers(corpus["source"], corpus["target"], language("en"), language(tag))
    assert found["critical"].sum() <= FLAGGED[tag] * corpus.height


def test_a_known_error_of_a_reference_is_found() -> None:
    corpus = pairs(language("sw"))
    found = numbers(corpus["source"], corpus["target"], language("en"), language("sw"))
    flagged = set(corpus.filter(found["critical"])["id"])
    assert {"tico:PubMed_9:811", "tico:PubMed_9:798"} <= flagged


@pytest.mark.parametrize("tag", ["de", "zu", "ja"])
def test_a_pair_alone_reads_as_in_its_column(tag: str) -> None:
    corpus = pairs(language(tag)).head(500)
    column = numbers(corpus["source"], corpus["target"], language("en"), language(tag))["reasons"].list.len() > 0
    alone = [not agrees(a, b, language("en"), language(tag)) for a, b in corpus.select("source", "target").rows()]
    assert sum(a != b for a, b in zip(alone, column, strict=True)) <= 2
