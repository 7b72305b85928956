"""The engine: translate sentences with a package's CTranslate2 model, in large batches, and choose a safe hypothesis.

The text is that of argostranslate 1.11 with the same beam and splitter (``apply_packaged_translation``): a sentence is
tokenized alone and translated with length penalty 0.2 and unknowns replaced, and the tokens of a paragraph are decoded
together. Only the order of work differs: each distinct sentence once, many per call, sorted by length.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import ctranslate2
import polars as pl

from builders.translate.machine.store import SCHEMA
from builders.translate.packages.package import Package, decode, load_tokenizer
from globmed.languages import Language, languages
from validation.signals.numbers.conversion import CONVERTED
from validation.signals.numbers.signal import numbers
from validation.signals.text.markup import MARKUP

#: argostranslate's own value; another one would give other text.
LENGTH_PENALTY = 0.2
#: CTranslate2's own limit, at which it silently drops the rest of a sentence: output of this length is not safe.
LONGEST_OUTPUT = 256
#: To be incremented when this module gives other text, or another rank, for the same package and search.
RULES = 3

#: Judges whether each translation keeps the numbers, units and placeholders of its source.
Judge = Callable[[pl.Series, pl.Series], pl.Series]


@dataclass(frozen=True, slots=True)
class Search:
    """The parameters that determine the text, and so are part of an engine's identity.

    ``alternatives`` is the number of hypotheses requested if the best one is not safe; 1: none.
    """

    beam: int = 4
    alternatives: int = 4


@dataclass(frozen=True, slots=True)
class Hardware:
    """The parameters that determine the speed: ``threads`` parallel operations, each on one processor core.

    ``batch_tokens`` is the size of an operation's batch, padding included. 0 threads: as many as there are cores.
    ``compute_type``, named as in CTranslate2, also affects the text: the results of ``int8`` depend on the processor,
    and on some processors doses are lost; ``default`` is that of the package, usually ``int8``.
    """

    device: str = "cpu"
    compute_type: str = "float32"
    threads: int = 0
    batch_tokens: int = 512

    @property
    def operations(self) -> int:
        """The number of parallel operations; polars knows how many cores this process may use, on every system."""
        return self.threads or pl.thread_pool_size()


def engine_identity(package: Package, search: Search, hardware: Hardware) -> str:
    """Return the SHA-256 of everything that a translation depends on: package, search, type of number, rules."""
    settings = {**asdict(search), "compute_type": hardware.compute_type, "rules": RULES}
    return sha256(f"{package.identity}\0{sorted(settings.items())}".encode()).hexdigest()


def safe_translations(package: Package) -> Judge:
    """Return the judge of a package's translations: the signals of validation.

    For a language that is not in the list, all translations count as safe.
    """
    listed = {entry.tag: entry for entry in languages().values()}
    source, target = listed.get(package.source), listed.get(package.target)
    return partial(_safe, source, target) if source and target else _unjudged


def _unjudged(source: pl.Series, target: pl.Series) -> pl.Series:
    return pl.repeat(True, len(source), eager=True)


def _safe(source_language: Language, target_language: Language, source: pl.Series, target: pl.Series) -> pl.Series:
    found = numbers(source, target, source_language, target_language)
    # People may convert units; a machine that does so does it by chance and is not trusted.
    changed = found["critical"] | found["reasons"].list.contains(CONVERTED)
    wanted, given = source.str.extract_all(MARKUP), target.str.extract_all(MARKUP)
    return ~changed & (wanted.list.set_difference(given).list.len() == 0)


class Engine:
    """A loaded package."""

    def __init__(self, package: Package, search: Search, hardware: Hardware) -> None:
        self._package, self._search, self._hardware = package, search, hardware
        self._tokenizer = load_tokenizer(package)
        self._translator = ctranslate2.Translator(
            str(package.model),
            device=hardware.device,
            compute_type=hardware.compute_type,
            inter_threads=hardware.operations,
            intra_threads=1,
        )

    def translate(self, sentences: Sequence[str], judge: Judge) -> pl.DataFrame:
        """Translate a shard: `builders.translate.machine.store.SCHEMA`, one row per sentence, in the same order."""
        tokenised = list(map(self.tokens, sentences))
        best = [found[0] for found in self.hypotheses(tokenised, 1)]
        made = pl.DataFrame(
            {"sentence": sentences, "tokens": list(map(" ".join, best)), "rank": [0] * len(best)},
            schema={name: SCHEMA[name] for name in ("sentence", "tokens", "rank")},
        )
        texts = pl.Series("text", map(self.text, best), pl.String)
        made = made.with_columns(self._safe(made, texts, judge))
        unsafe = (~made["safe"]).arg_true().to_list()
        if not unsafe or self._search.alternatives < 2:
            return made
        safe = self._safe_ones([sentences[row] for row in unsafe], [tokenised[row] for row in unsafe], judge)
        return made.update(safe, on="sentence")

    def tokens(self, sentence: str) -> list[str]:
        """Return a sentence in the model's tokens."""
        return self._tokenizer.encode(sentence)

    def text(self, tokens: Sequence[str]) -> str:
        """Return the text of target tokens, which may be those of several sentences of a paragraph."""
        return decode(self._tokenizer, tokens)

    def _safe_ones(self, sentences: Sequence[str], tokenised: Sequence[list[str]], judge: Judge) -> pl.DataFrame:
        """Return the first safe hypothesis of each sentence that has one."""
        found = self.hypotheses(tokenised, self._search.alternatives)
        hypotheses = pl.DataFrame(
            {
                "sentence": sentences,
                "rank": [list(range(len(each))) for each in found],
                "tokens": [list(map(" ".join, each)) for each in found],
            },
            schema={"sentence": pl.String, "rank": pl.List(pl.Int64), "tokens": pl.List(pl.String)},
        ).explode("rank", "tokens")
        texts = pl.Series("text", [self.text(tokens.split(" ")) for tokens in hypotheses["tokens"]], pl.String)
        safe = self._safe(hypotheses, texts, judge)
        return hypotheses.with_columns(safe).filter("safe").unique("sentence", keep="first", maintain_order=True)

    def _safe(self, made: pl.DataFrame, texts: pl.Series, judge: Judge) -> pl.Series:
        whole = made["tokens"].str.count_matches(" ", literal=True) < LONGEST_OUTPUT - 1
        return (whole & judge(made["sentence"], texts)).alias("safe")

    def hypotheses(self, tokenised: Sequence[list[str]], count: int) -> list[list[list[str]]]:
        """Return the ``count`` best token sequences for each sentence, best first, without the target prefix."""
        prefix: Any = [[self._package.target_prefix]] * len(tokenised) if self._package.target_prefix else None
        results = self._translator.translate_batch(
            tokenised,
            target_prefix=prefix,
            replace_unknowns=True,
            max_batch_size=self._hardware.batch_tokens,
            batch_type="tokens",
            beam_size=max(self._search.beam, count),
            num_hypotheses=count,
            length_penalty=LENGTH_PENALTY,
            max_decoding_length=LONGEST_OUTPUT,
        )
        skip = 1 if self._package.target_prefix else 0
        return [[tokens[skip:] for tokens in result.hypotheses] for result in results]
