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
    frames = {
        "items": pl.scan_parquet(items, glob=False),
        "segments": pl.scan_parquet(segments, glob=False),
        "translations": pl.scan_parquet(translations, glob=False),
    }
    with connect() as database:
        names: dict[str, object] = {"texts": list(TEXTS), "copied": list(COPIED)}
        rows = query(database, "rows/assemble", frames, language=target.tag, origins=list(ORIGINS), **names)
    english = frames["items"].filter(language=language(ENGLISH).tag).collect()
    quality = measure(rows, english, target, pl.thread_pool_size(), evidence.read(target), kept)
    reviewed = with_reviews(rows.join(quality, on="id"), english, records)
    write_parquet(_released(reviewed).sort("id"), out, _with_split())


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
