"""Export the texts of a build as TMX for translation tools (OmegaT, memoQ, Weblate), to be imported as memory."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from builders.rows.artifacts.folder import BuildFolder
from builders.translate.tmx import empty_tmx, tmx_unit, write_tmx
from globmed.errors import UserError
from globmed.languages import ENGLISH, Language
from globmed.storage.lock import check_unlocked
from globmed.storage.queries import connect, query

#: The origin of texts that a tool fills in, declared in the file's header.
FILLED_IN = {"origin": "human"}
FACTS = ("origin", "engine", "package")


@dataclass(frozen=True, slots=True)
class Exported:
    """Numbers of texts written with and without a translation; ``unfit`` texts are not representable in XML."""

    translated: int
    untranslated: int
    unfit: int


def export_memory(build: BuildFolder, entry: Language, out: Path, *, untranslated: bool = False) -> Exported:
    """Write every English text of a build with its translation, each with its origin, to a TMX file.

    Args:
        build: what was built.
        entry: into which language.
        out: the file.
        untranslated: also texts without a translation; the header declares that a human fills them in.

    Raises:
        UserError: the language was not built, or is English, or has nothing to write; another process is at work in
            the build folder.
    """
    check_unlocked(build.root)
    if entry.name == ENGLISH or not build.translations(entry).is_file():
        raise UserError(f"{build.root} has no translations into {entry.name}: build it, or name another language")
    frames = {
        "segments": pl.scan_parquet(build.segments, glob=False),
        "translations": pl.scan_parquet(build.translations(entry), glob=False),
    }
    with connect() as database:
        texts = query(database, "rows/export", frames, untranslated=untranslated)
    fit = texts.filter(~pl.col("unfit"))
    if fit.is_empty():
        raise UserError(f"{build.root}: nothing is translated into {entry.name}; --untranslated exports what is to be")
    units = (
        tmx_unit(
            row["key"],
            {name: row[name] for name in FACTS if row[name] is not None},
            row["source"],
            row["target"],
            entry.tag,
        )
        for row in fit.iter_rows(named=True)
    )
    write_tmx(empty_tmx("build", FILLED_IN), out, units)
    translated = fit["target"].count()
    return Exported(translated, fit.height - translated, texts.height - fit.height)
