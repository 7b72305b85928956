"""The store of translated sentences: an engine never translates a sentence twice.

One folder per engine (the SHA-256 of package and search, see `builders.translate.machine.engine.engine_identity`), with
one Parquet file per shard, named by the SHA-256 of the sentences to translate. A file exists complete or not at all, so
a kill at any moment loses only the shards in progress. Builds that share a store take turns.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from globmed.storage.files import remove, replaced, sha256_text
from globmed.storage.lock import locked_beside
from globmed.storage.parquet import write_parquet

#: ``tokens`` are the target pieces joined by a space; ``rank`` is that of the hypothesis taken, 0 the best; ``safe``
#: is false if no hypothesis kept the source's numbers, units and placeholders.
SCHEMA: dict[str, type[pl.DataType]] = {
    "sentence": pl.String,
    "tokens": pl.String,
    "rank": pl.Int64,
    "safe": pl.Boolean,
}
#: From this number on, files are merged into one: each costs a reader about a millisecond.
MANY_FILES = 500


@dataclass(frozen=True, slots=True)
class Store:
    """The sentences of one engine."""

    folder: Path

    def known(self, sentences: pl.DataFrame) -> pl.DataFrame:
        """Return `SCHEMA` for those distinct ``sentence``s that are stored."""
        with self._locked():
            files = sorted(self.folder.glob("[!.]*.parquet"))
            if not files:
                return pl.DataFrame(schema=SCHEMA)
            return (
                pl.scan_parquet(files, glob=False)
                .join(sentences.lazy(), on="sentence", how="semi")
                .unique("sentence", keep="first")
                .collect(engine="streaming")
            )

    def add(self, sentences: Sequence[str], translated: pl.DataFrame) -> None:
        """Store the translation of a shard."""
        with self._locked():
            self._write(translated, sha256_text(*sentences))

    def compact(self) -> None:
        """Merge many files into one; duplicates that a kill leaves are read once."""
        with self._locked():
            files = sorted(self.folder.glob("[!.]*.parquet"))
            if len(files) < MANY_FILES:
                return
            everything = pl.scan_parquet(files, glob=False).unique("sentence", keep="first").sort("sentence").collect()
            name = self._write(everything, sha256_text("".join(file.stem for file in files)))
            for file in files:
                if file.stem != name:
                    remove(file)

    def _locked(self) -> AbstractContextManager[None]:
        """Take turns with other builds that share the store; each turn is short."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        return locked_beside(self.folder, waiting=lambda: None)

    def _write(self, frame: pl.DataFrame, name: str) -> str:
        with replaced(self.folder / f"{name}.parquet") as temporary:
            write_parquet(frame.select(SCHEMA.keys()), temporary)
        return name
