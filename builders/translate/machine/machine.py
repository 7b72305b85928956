"""Machine translation of the segments that are not in the translation memory, sentence by sentence.

Sentences of such a segment that are in the memory are taken from there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from builders.translate.machine.engine import Hardware, Search, engine_identity, safe_translations
from builders.translate.machine.runners import Cluster, Run, Shard, Task, run_here, run_on_cluster
from builders.translate.machine.store import Store
from builders.translate.packages.package import Package, decode, load_tokenizer
from builders.translate.segments import with_keys
from builders.translate.sentences.numerals import localise
from builders.translate.sentences.split_segments import take_texts_apart
from builders.translate.sentences.splitter import sentence_split
from globmed.cli.console import track
from globmed.schema import ORIGINS

#: English text per shard, in bytes: about a thousand sentences, enough to sort by length, little to lose in a kill.
SHARD = 1 << 17
#: Values of `provenance.engine`; a segment with parts from several takes the first.
ARGOS, MEMORY, COPY = "argos", "memory", "copy"
_ENGINES = pl.Enum([ARGOS, MEMORY, COPY])
_WEAKEST = pl.Enum(ORIGINS)
_SPACE = " "


@dataclass(frozen=True, slots=True)
class Machine:
    """The means of translation: installed packages, the store, and the hardware."""

    packages: Path
    store: Path
    search: Search = field(default_factory=Search)
    hardware: Hardware = field(default_factory=Hardware)
    cluster: Cluster | None = None

    def identity(self, package: Package) -> str:
        """Return the identity of everything that the translations depend on."""
        return engine_identity(package, self.search, self.hardware)

    def run(self, package: Package) -> Run:
        """Return the function that translates shards with a package."""
        task = Task(package, self.search, self.hardware)
        return partial(run_here, task) if self.cluster is None else partial(run_on_cluster, self.cluster, task)

    def store_of(self, package: Package) -> Store:
        """Return the store of a package with this search."""
        return Store(self.store / self.identity(package))


def translate_texts(texts: pl.Series, package: Package, machine: Machine) -> pl.DataFrame:
    """Translate texts that are in no memory, each split as a build splits segments.

    Returns:
        As `translate_pieces`, one row per distinct text, which is its key.
    """
    distinct = pl.DataFrame({"key": texts.cast(pl.String)}).unique().sort("key").with_columns(text="key")
    nothing = pl.DataFrame(schema=dict.fromkeys(("memory_key", "text", "origin"), pl.String))
    return translate_pieces(take_texts_apart(distinct, sentence_split(package.source)), nothing, package, machine)


def translate_pieces(pieces: pl.DataFrame, memory: pl.DataFrame, package: Package, machine: Machine) -> pl.DataFrame:
    """Translate segments that were split into pieces.

    Args:
        pieces: ``key, piece, text, sentences`` as `builders.translate.sentences.split_segments` writes them, of the
            segments to translate.
        memory: ``memory_key, text, origin`` in the package's target language.
        package: the package that translates the other sentences.
        machine: the means of translation.

    Returns:
        ``key, text, origin, engine, memory, rank, unresolved``, sorted by key. ``memory`` is the number of characters
        of the source that the memory translated, ``rank`` the highest rank of a hypothesis taken, ``unresolved`` the
        number of sentences and copied numbers of which no version kept the numbers, units and placeholders.
    """
    sentences = pieces.select(pl.col("sentences").explode(empty_as_null=False).alias("sentence")).unique()
    remembered = _remembered(sentences, memory)
    wanted = sentences.join(remembered, on="sentence", how="anti")
    translated = translate_sentences(wanted, machine.store_of(package), machine.run(package))
    known = pl.concat([translated, remembered], how="diagonal")
    return _joined(_put_together(pieces, known, package).vstack(_copied(pieces, package)))


def translate_sentences(sentences: pl.DataFrame, store: Store, run: Run) -> pl.DataFrame:
    """Translate distinct sentences that are not in the store, store each shard as it comes, and return them all.

    The division into shards depends only on the sentences, so that a run that was killed and resumed makes the same
    calls as one that was not.
    """
    shards = list(_missing_shards(sentences, store.known(sentences)))
    texts = sum(map(len, shards))
    if shards:
        for shard, made in track(run(shards), f"{texts:,} sentences", texts, lambda done: len(done[0])):
            store.add(shard, made)
        store.compact()
    return store.known(sentences)


def _missing_shards(sentences: pl.DataFrame, known: pl.DataFrame) -> Iterator[Shard]:
    """Yield the shards, longest sentences first, so that batches have similar lengths and the last ones are short."""
    length = pl.col("sentence").str.len_bytes()
    ordered = sentences.sort(length, "sentence", descending=[True, False])
    shards = ordered.with_columns(shard=length.cum_sum() // SHARD).join(
        known, on="sentence", how="anti", maintain_order="left"
    )
    for _, shard in shards.group_by("shard", maintain_order=True):
        yield tuple(shard["sentence"])


def _remembered(sentences: pl.DataFrame, memory: pl.DataFrame) -> pl.DataFrame:
    """Return the sentences that are in the memory: ``sentence, remembered, origin``."""
    entries = memory.select("memory_key", pl.col("text").alias("remembered"), "origin")
    return with_keys(sentences, "sentence").join(entries, on="memory_key").select("sentence", "remembered", "origin")


def _put_together(pieces: pl.DataFrame, known: pl.DataFrame, package: Package) -> pl.DataFrame:
    """Return the pieces that have sentences, with the translations joined."""
    length = pl.col("sentence").str.len_chars()
    parts = (
        pieces.filter(pl.col("sentences").list.len() > 0)
        .select("key", "piece", pl.col("sentences").alias("sentence"))
        .explode("sentence")
        .join(known, on="sentence", how="left", maintain_order="left")
        .group_by("key", "piece", maintain_order=True)
        .agg(
            "tokens",
            "remembered",
            pl.col("origin").fill_null("machine").cast(_WEAKEST).min(),
            pl.col("remembered").is_not_null().all().alias("all_remembered"),
            pl.col("rank").max().fill_null(0),
            (~pl.col("safe").fill_null(True)).sum().cast(pl.Int64).alias("unresolved"),
            length.filter(pl.col("remembered").is_not_null()).sum().cast(pl.Int64).alias("memory"),
        )
    )
    join = _joiner(package)
    texts = [join(tokens, remembered) for tokens, remembered in parts.select("tokens", "remembered").iter_rows()]
    engine = pl.when("all_remembered").then(pl.lit(MEMORY)).otherwise(pl.lit(ARGOS)).cast(_ENGINES).alias("engine")
    text = pl.Series("text", texts, pl.String)
    return parts.select("key", "piece", text, "origin", engine, "rank", "unresolved", "memory")


def _joiner(package: Package) -> Callable[[Sequence[str | None], Sequence[str | None]], str]:
    """Return a function that joins a piece's sentences; neighbours are decoded together, as in argostranslate."""
    tokenizer = load_tokenizer(package)

    def join(tokens: Sequence[str | None], remembered: Sequence[str | None]) -> str:
        texts: list[str] = []
        run: list[str] = []
        for made, known in zip(tokens, remembered, strict=True):
            if known is None:
                run += (made or "").split(_SPACE)
                continue
            texts += [decode(tokenizer, run), known] if run else [known]
            run = []
        return _SPACE.join(texts + ([decode(tokenizer, run)] if run else []))

    return join


def _copied(pieces: pl.DataFrame, package: Package) -> pl.DataFrame:
    """Return the pieces that are copied, with their numbers as written in the target language."""
    copied = pieces.filter(pl.col("sentences").list.len() == 0).select("key", "piece", pl.col("text").alias("source"))
    distinct = copied.select("source").unique()
    written = partial(localise, source=package.source, target=package.target)
    distinct = distinct.with_columns(text=pl.col("source").map_elements(written, return_dtype=pl.String))
    safe = safe_translations(package)(distinct["source"], distinct["text"])
    unresolved = pl.Series("unresolved", ~safe).cast(pl.Int64)
    none = pl.lit(0, pl.Int64)
    return copied.join(distinct.with_columns(unresolved), on="source", maintain_order="left").select(
        "key",
        "piece",
        "text",
        pl.lit(None, _WEAKEST).alias("origin"),
        pl.lit(COPY).cast(_ENGINES).alias("engine"),
        none.alias("rank"),
        "unresolved",
        none.alias("memory"),
    )


def _joined(pieces: pl.DataFrame) -> pl.DataFrame:
    """Return the pieces joined to segments."""
    return (
        pieces.sort("key", "piece")
        .group_by("key", maintain_order=True)
        .agg(
            pl.col("text").str.join(""),
            pl.col("origin").min().fill_null("machine").cast(pl.String),
            pl.col("engine").min().cast(pl.String),
            pl.col("rank").max(),
            pl.col("unresolved").sum(),
            pl.col("memory").sum(),
        )
    )
