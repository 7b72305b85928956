"""Rows: the translated segments of every item joined again in one language, in the released schema.

Each row has its quality signals. A translation with a critical one (a number, unit, comparison or option that changed)
is withheld, whoever made it: it is in no split, and waits for somebody who mends or confirms it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from builders.rows.reviews import with_reviews
from globmed.languages import ENGLISH, Language, language
from globmed.schema import COPIED, ORIGINS, PROVENANCE, TEXTS, arrow_schema
from globmed.storage.parquet import write_parquet
from globmed.storage.queries import connect, query
from validation.facts.withheld import is_withheld
from validation.signals.evidence.glossary import read_glossary
from validation.signals.quality import Evidence, measure

#: The parts of `provenance` about a translation, which an item has if it was translated before.
HOPS = {
    **dict.fromkeys(("package", "version", "sha256"), pl.String()),
    "memory": pl.Float64(),
    **dict.fromkeys(("rank", "unresolved"), pl.Int64()),
}
#: Between two translations of a text, the first one first.
HOP = " > "


@dataclass(frozen=True, slots=True)
class EvidenceFiles:
    """The files with evidence on a language's rows: a glossary, back-translations, a model's estimates."""

    glossary: Path | None = None
    back: Path | None = None
    estimates: Path | None = None

    def read(self, target: Language) -> Evidence:
        """Read the evidence that exists for the rows of a language.

        Raises:
            UserError: as `validation.signals.evidence.glossary.read_glossary`.
        """
        return Evidence(
            glossary=read_glossary(self.glossary, language(ENGLISH), target) if self.glossary else None,
            back=pl.read_parquet(self.back, glob=False) if self.back else None,
            estimates=pl.read_parquet(self.estimates, glob=False) if self.estimates else None,
        )


NO_EVIDENCE = EvidenceFiles()


def assemble_rows(
    items: Path,
    segments: Path,
    translations: Path,
    target: Language,
    out: Path,
    records: Sequence[Path] = (),
    evidence: EvidenceFiles = NO_EVIDENCE,
    kept: Path | None = None,
) -> None:
    """Write every row of a language with its ``split``, its quality and its review from ``records``, sorted by id.

    Upstream text in the language comes first (origin ``original`` or ``human``); an English item with a segment
    that has no translation is absent. ``kept`` is a folder that keeps the signals of unchanged texts.
    """
    every = pl.scan_parquet(items, glob=False)
    texts, translated = (pl.scan_parquet(path, glob=False) for path in (segments, translations))
    rows = joined(every, texts, translated, target)
    english = every.filter(language=language(ENGLISH).tag).collect()
    quality = measure(rows, english, target, pl.thread_pool_size(), evidence.read(target), kept)
    reviewed = with_reviews(rows.join(quality, on="id"), english, records)
    write_parquet(_released(reviewed).sort("id"), out, _with_split())


def joined(
    items: pl.LazyFrame,
    segments: pl.LazyFrame,
    translations: pl.LazyFrame,
    target: Language,
    source: Language | None = None,
) -> pl.DataFrame:
    """Return the rows of a language: its own items, and those in ``source`` (English) with their translations.

    An item that was translated before has `HOPS`; in its rows they stand before those of the translation, after
    `HOP` (``argos > argos``).
    """
    there = items.collect_schema().names()
    hops = [pl.lit(None, kind).alias(name) for name, kind in HOPS.items() if name not in there]
    frames = {"items": items.with_columns(hops), "segments": segments, "translations": translations}
    names: dict[str, object] = {"texts": list(TEXTS), "copied": list(COPIED), "origins": list(ORIGINS), "hop": HOP}
    tags = {"language": target.tag, "source": (source or language(ENGLISH)).tag}
    with connect() as database:
        return query(database, "rows/assemble", frames, **tags, **names)


def split_rows(assembled: Path, out: Path, accepted: Sequence[str] = ()) -> None:
    """Write ``<split>-<source>.parquet`` into the folder ``out``, as they are released, without the withheld rows."""
    rows = pl.read_parquet(assembled, glob=False).filter(~is_withheld(accepted))
    out.mkdir(parents=True)
    for (split, source), part in rows.group_by("split", "source", maintain_order=True):
        write_parquet(part, out / f"{split}-{source}.parquet", arrow_schema())


def _with_split() -> pa.Schema:
    return arrow_schema().append(pa.field("split", pa.string()))


def _released(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of the released schema, and ``split``."""
    provenance = pl.struct([field.name for field in PROVENANCE]).alias("provenance")
    return rows.with_columns(provenance).select(_with_split().names)
