"""The joint subword vocabulary of a package: a sentencepiece unigram model.

Requirements for doses and symbols: digits are always separate pieces, no character is lost (medical signs are
mandatory, all others fall back to bytes), and text is not normalized with NFKC, which turns 10⁹ into 109 and 2½ into
21⁄2.
Options: https://github.com/google/sentencepiece/blob/master/doc/options.md
"""

import io
import math
import random
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import sentencepiece
from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]

from builders.translate.packages.corpus import Pair
from globmed.errors import UserError
from globmed.storage.files import replaced

EOS, UNKNOWN, PAD = "</s>", "<unk>", "<pad>"
EOS_ID = 0
REQUIRED = "0123456789.,:;!?%‰()[]/+-–=<>≤≥±×·°µμαβγδκλω⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄½¼¾'\"‘’“”→†‡§"
#: Spaces other than the plain one, and invisible characters.
SPACES = "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000"
INVISIBLE = "\u00ad\u200b\u2060\ufeff"


def train_vocabulary(pairs: Sequence[Pair], size: int, path: Path) -> None:
    """Write the sentencepiece model of both sides of ``pairs``, with at most ``size`` pieces; little text gives fewer.

    Raises:
        UserError: no text, or a size that is too small for its characters and all bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder, "normalization.tsv")
        rules.write_text("".join(f"{rule}\n" for rule in _normalization()), "utf-8")
        model = io.BytesIO()
        try:
            _train((text for pair in pairs for text in pair), size, rules, model)
        except RuntimeError as error:
            raise UserError(f"vocabulary: {size:,}: {_advice(str(error))}") from error
    with replaced(path) as partial:
        partial.write_bytes(_without_paths(model.getvalue()))


def _advice(error: str) -> str:
    """Return advice on an error of sentencepiece, which only its message identifies."""
    if too_few := re.search(r"smaller than required_chars\. \d+ vs (\d+)", error):
        least = int(too_few[1])
        return f"too small, the characters of the text and all bytes take {least:,}; set `vocabulary` to that or more"
    if "sentences_.empty()" in error or "all_chars_count" in error:
        return "the pairs have no text to learn from; add some"
    return f"sentencepiece cannot learn it ({error}); try another `vocabulary`, or look for odd characters in the text"


def with_control_piece(model: bytes, piece: str) -> bytes:
    """Return a sentencepiece model with one more piece, which is left out in decoding."""
    proto = ModelProto.FromString(model)
    proto.pieces.add(piece=piece, score=0.0, type=proto.SentencePiece.CONTROL)
    return bytes(proto.SerializeToString(deterministic=True))


def _without_paths(model: bytes) -> bytes:
    """Return the model without the name of the temporary file that its rules were read from."""
    proto = ModelProto.FromString(model)
    proto.normalizer_spec.ClearField("normalization_rule_tsv")
    return bytes(proto.SerializeToString(deterministic=True))


def _train(texts: Iterator[str], size: int, rules: Path, model: io.BytesIO) -> None:
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=texts,
        model_writer=model,
        model_type="unigram",
        vocab_size=size,
        hard_vocab_limit=False,
        character_coverage=0.9999,
        required_chars=REQUIRED,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_tsv=str(rules),
        # </s> and <unk> first, as in Marian; <pad> is added after the last piece.
        eos_id=EOS_ID,
        unk_id=1,
        bos_id=-1,
        pad_id=-1,
        num_threads=1,  # with more threads, the pieces differ from run to run
        minloglevel=2,
    )


def _normalization() -> list[str]:
    """Return rules in sentencepiece's format: canonical composition, plain spaces, nothing invisible."""
    composed = {
        unicodedata.normalize("NFD", char): char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.normalize("NFC", char) == char != unicodedata.normalize("NFD", char) and not "가" <= char <= "힣"
    }
    replaced = composed | dict.fromkeys(SPACES, " ") | dict.fromkeys(INVISIBLE, "")
    return [f"{_code_points(old)}\t{_code_points(new)}" for old, new in sorted(replaced.items())]


def _code_points(text: str) -> str:
    return " ".join(f"{ord(char):X}" for char in text)


class Word(NamedTuple):
    """Ways to split a word into pieces, and the weight of each."""

    cuts: list[list[int]]
    weights: list[float]


class Vocabulary:
    """Encodes text, deterministically or by sampled subwords (Kudo 2018, arXiv 1804.10959).

    Words are sampled one by one from their best splits, with the caller's generator: sentencepiece's own is seeded once
    per process, so that a resumed training could not repeat it.
    """

    BEST = 8

    def __init__(self, path: Path) -> None:
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.size: int = self.pieces.get_piece_size()
        self._words: dict[str, Word] = {}

    def encode(self, text: str) -> list[int]:
        """Return the piece ids of a text, ended by ``</s>``."""
        ids: list[int] = self.pieces.encode(text)
        return [*ids, EOS_ID]

    def sample(self, text: str, alpha: float, rng: random.Random) -> list[int]:
        """Return piece ids as ``encode``, but split each word at random, with probabilities smoothed by ``alpha``."""
        ids: list[int] = []
        for word in self.pieces.normalize(text).replace("▁", " ").split():
            cuts, weights = self._word(word, alpha)
            ids += rng.choices(cuts, weights)[0]
        return [*ids, EOS_ID]

    def _word(self, word: str, alpha: float) -> Word:
        if word not in self._words:
            found = self.pieces.nbest_encode(word, nbest_size=self.BEST)
            scores = [sum(map(self.pieces.get_score, cut)) for cut in found]
            self._words[word] = Word(found, [math.exp(alpha * (score - scores[0])) for score in scores])
        return self._words[word]
