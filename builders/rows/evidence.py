"""Evidence on rows: glossaries, back-translations, and estimates of a learned model.

Each is optional (`Wanted`) and ranks rows for review; `validation.signals.quality` computes signals from it.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from globmed.cli.console import track
from globmed.errors import UserError
from globmed.languages import Language, languages
from globmed.languages.tags import listed_language
from globmed.storage.files import sha256_text
from globmed.storage.parquet import write_parquet
from validation.signals.evidence.glossary import has_terms

if TYPE_CHECKING:
    from builders.translate.machine.machine import Machine
    from builders.translate.packages.package import Package
    from validation.signals.evidence.comet import Estimator

GLOSSARIES = frozenset({".csv", ".tsv", ".tbx", ".xml"})
#: Pairs that a model estimates between two files of its store.
SHARD = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """The evidence that a build includes.

    ``glossaries`` is a folder with ``<config>.csv``, ``.tsv`` or ``.tbx``, or the same by tag; ``round_trip`` adds
    back-translation where a package into English is installed; ``estimator`` is a model of the COMET family: a folder,
    or repository[@revision].
    """

    glossaries: Path | None = None
    round_trip: bool = False
    estimator: str | None = None

    def glossary(self, language: Language) -> Path | None:
        """Return the glossary of a language, if there is one with a term in it.

        Raises:
            UserError: there are two.
        """
        found = [path for path, named in self._glossaries() if named == language]
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            raise UserError(f"{self.glossaries}: two glossaries of {language.name} ({names}), expected one")
        return found[0] if found and has_terms(found[0]) else None

    def nobodys_glossaries(self) -> list[str]:
        """Return the names of the glossaries that belong to no language of the list."""
        return [path.name for path, named in self._glossaries() if named is None]

    def _glossaries(self) -> list[tuple[Path, Language | None]]:
        """Return the glossaries with the languages that they are named after."""
        here = sorted(self.glossaries.iterdir()) if self.glossaries is not None and self.glossaries.is_dir() else []
        files = [path for path in here if path.suffix.lower() in GLOSSARIES and path.is_file()]
        return [(path, languages().get(path.stem.lower()) or listed_language(path.stem)) for path in files]

    def model_identity(self) -> str | None:
        """Return what the estimates depend on, if they are included."""
        if self.estimator is None:
            return None
        from validation.signals.evidence.comet import model_identity

        return model_identity(self.estimator)


NOTHING = Wanted()


def back_machine(machine: "Machine") -> "Machine":
    """Return the machine for back-translation: it takes the best hypothesis, without checking the numbers."""
    return replace(machine, search=replace(machine.search, alternatives=1))


def build_back(translations: Path, package: "Package", machine: "Machine", out: Path) -> None:
    """Write ``target, back``: every distinct machine translation, translated back into English."""
    from builders.translate.machine.machine import translate_texts

    texts = _machine_made(translations).select("text").collect()["text"]
    made = translate_texts(texts, package, back_machine(machine))
    write_parquet(made.select(target="key", back="text").sort("target"), out)


def build_estimates(segments: Path, translations: Path, model: str, store: Path, out: Path) -> None:
    """Write ``source, target, estimator`` for every distinct machine translation.

    Scores are stored below ``store`` shard by shard, so that a killed run can resume.
    """
    from validation.signals.evidence.comet import load_estimator, model_identity

    texts = pl.scan_parquet(segments, glob=False).select("key", source="text").unique("key")
    made = _machine_made(translations).select("key", target="text")
    pairs = texts.join(made, on="key").select("source", "target").unique().sort("source", "target").collect()
    folder, estimator = store / model_identity(model), load_estimator(model)
    shards = [pairs[start : start + SHARD] for start in range(0, pairs.height, SHARD)]
    told = track(shards, f"{pairs.height:,} estimates", pairs.height, lambda shard: shard.height)
    scored = [_estimated(estimator, shard, folder) for shard in told]
    nothing = pairs.clear().with_columns(estimator=pl.lit(None, pl.Float64))
    write_parquet(pl.concat([nothing, *scored]), out)


def _machine_made(translations: Path) -> pl.LazyFrame:
    return pl.scan_parquet(translations, glob=False).filter(pl.col("origin") == "machine")


def _estimated(estimator: "Estimator", shard: pl.DataFrame, folder: Path) -> pl.DataFrame:
    from validation.signals.evidence.estimator import estimate

    name = sha256_text(*(text for pair in shard.iter_rows() for text in pair))
    kept = folder / f"{name}.parquet"
    if not kept.is_file():
        temporary = folder / f".{name}.{os.getpid()}.parquet"
        write_parquet(shard.with_columns(estimate(estimator, shard["source"], shard["target"])), temporary)
        temporary.rename(kept)
    return pl.read_parquet(kept, glob=False)
