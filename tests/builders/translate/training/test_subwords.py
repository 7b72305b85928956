"""Vocabulary, made-up numbers, alignments and batches: what a training sees."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from builders.translate.packages.corpus import Direction, Pair, read_corpora
from builders.translate.training.alignment import Aligner, guidance_loss
from builders.translate.training.batches import Batches, Limits, Variation
from builders.translate.training.numbers import NUMBER, copies, swapped
from builders.translate.training.vocabulary import Vocabulary, train_vocabulary
from tests.builders.translate.packages.toy import seeded, write_corpus


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    corpus = write_corpus(tmp_path_factory.mktemp("corpus") / "toy.tsv")
    return read_corpora([str(corpus)], Direction("en", "sw"))


@pytest.fixture(scope="module")
def vocabulary(pairs: list[Pair], tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    path = tmp_path_factory.mktemp("vocabulary") / "sentencepiece.model"
    train_vocabulary(pairs, 430, path)
    return Vocabulary(path)


@pytest.mark.parametrize(
    "text", ["10⁹/L", "2½ mg", "0.25 µg/kg", "12,500 IU", "≥ 5 – 10 °C", "m²", "ẹ́ gbọ́", "發燒", "a_b"]
)
def test_no_character_and_no_digit_is_lost_or_changed(vocabulary: Vocabulary, text: str) -> None:
    tokens = vocabulary.pieces.encode(text, out_type=str)
    assert vocabulary.pieces.decode_pieces(tokens) == text
    assert all(len(token.lstrip("▁")) == 1 for token in tokens if any(map(str.isdigit, token)) and "<" not in token)


def test_spaces_are_plain_and_nothing_is_invisible(vocabulary: Vocabulary) -> None:
    assert vocabulary.pieces.normalize("5\u00a0mg\u200b e\u0301") == "▁5▁mg▁é"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=20))
def test_samples_say_the_same_text(vocabulary: Vocabulary, text: str) -> None:
    pieces = vocabulary.pieces
    ids = vocabulary.sample(text, 0.3, seeded(0))
    assert pieces.decode(ids) == pieces.decode(pieces.encode(text))


def test_a_vocabulary_is_the_same_every_time(pairs: list[Pair], tmp_path: Path) -> None:
    for name in "ab":
        train_vocabulary(pairs, 430, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_made_up_numbers_are_the_same_on_both_sides(pairs: list[Pair]) -> None:
    rng = seeded(0)
    assert all(pair.source == pair.target for pair in copies(50, rng))
    changed = swapped(pairs, 100, rng)
    assert len(changed) == 100
    assert all(NUMBER.findall(pair.source) == NUMBER.findall(pair.target) != [] for pair in changed)


def test_pairs_whose_numbers_differ_or_repeat_are_left_alone() -> None:
    odd = [Pair("5 mg", "50 mg"), Pair("5 or 5", "5 au 5"), Pair("two", "mbili"), Pair("B12", "B12")]
    assert swapped(odd, 10, seeded(0)) == []


def test_batches_are_full_and_the_same_for_the_same_seed(pairs: list[Pair], vocabulary: Vocabulary) -> None:
    made = [Batches(pairs, vocabulary, Limits(300, 60), Variation(30, 0.5, seed)) for seed in (1, 1, 2)]
    first, same, other = made
    assert len(first) == 30
    assert all(torch.equal(first[n]["input_ids"], same[n]["input_ids"]) for n in (29, 0, 7))
    assert first.plan != other.plan
    one_round = Batches(pairs, vocabulary, Limits(300, 60))
    assert sorted(number for batch in one_round.plan for number in batch) == list(range(len(pairs)))
    assert all(batch["labels"].numel() <= 300 for batch in map(one_round.__getitem__, range(len(one_round))))


def test_pairs_too_long_or_too_unlike_are_left_out(vocabulary: Vocabulary) -> None:
    pairs = [Pair("one " * 100, "moja " * 100), Pair("one", "moja " * 20), Pair("one", "moja")]
    assert Batches(pairs, vocabulary, Limits(300, 60)).pairs == [Pair("one", "moja")]


@pytest.mark.model
def test_the_aligner_finds_the_word_that_a_word_comes_from(pairs: list[Pair], vocabulary: Vocabulary) -> None:
    batches = Batches(pairs, vocabulary, Limits(300, 60))
    aligner = Aligner(vocabulary.size)
    aligner.learn(batches[number] for number in range(len(batches)))
    source, target = (torch.tensor([vocabulary.encode(text)]) for text in ("three, four", "tatu, nne"))
    found = aligner.align(source, target)[0]
    assert torch.allclose(found.sum(-1), torch.ones(len(found)))
    positions = found.argmax(-1).tolist()
    assert positions == sorted(positions)
    attention = torch.zeros(1, 2, *found.shape)
    attention[0, 0] = found
    wrong = torch.roll(attention, 3, dims=-1)
    assert guidance_loss((attention,), found[None]) < guidance_loss((wrong,), found[None])
