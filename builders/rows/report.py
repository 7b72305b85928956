"""The report of a build: its rows, the missing items, and the reasons."""

from collections.abc import Sequence

import polars as pl

from builders.rows.artifacts.folder import BuildFolder
from builders.translate.pivot import ASIDE
from globmed.languages import ENGLISH, Language
from globmed.languages import language as named
from globmed.schema import polars_schema
from globmed.storage.queries import connect, query
from validation.facts.withheld import is_withheld
from validation.known_issues import accepted_rows


def coverage(folder: BuildFolder, languages: Sequence[Language]) -> pl.DataFrame:
    """Return rows and absent English items by config, source, split and task."""
    frames: dict[str, pl.DataFrame | pl.LazyFrame] = {
        "items": pl.scan_parquet(folder.kept, glob=False),
        "rows": _all_rows(folder, languages).select("config", "split", "id", "source", "task"),
        "configs": pl.DataFrame({"config": [language.name for language in languages]}),
    }
    with connect() as database:
        return query(database, "rows/coverage", frames)


def provenance(folder: BuildFolder, languages: Sequence[Language]) -> pl.DataFrame:
    """Count rows by config, origin, engine and package, with the translation memory's share and the unresolved rows."""
    rows = _all_rows(folder, languages).select("config", "origin", pl.col("provenance").struct.unnest())
    with connect() as database:
        return query(database, "rows/provenance", {"rows": rows})


def leaks(folder: BuildFolder) -> pl.DataFrame:
    """Return the items left out of train by source, with the source of the held-out item that they repeat."""
    pairs = (
        pl.scan_parquet(folder.leaks, glob=False)
        .group_by("source_a", "source_b")
        .agg(pl.col("id_a").n_unique().alias("items"))
    )
    return pairs.rename({"source_a": "source", "source_b": "repeats"}).sort("source", "repeats").collect()


def pivot(folder: BuildFolder) -> pl.DataFrame:
    """Count the items born in another language than English, by source and language; see `BuildReport`."""
    english = pl.scan_parquet(folder.kept, glob=False).filter(language=named(ENGLISH).tag).select("id", english=True)
    withheld = pl.scan_parquet(folder.pivoted.with_name(ASIDE), glob=False).select("id", withheld=True)
    upstream = pl.scan_parquet(folder.items / "items.parquet", glob=False)
    born = upstream.filter((pl.col("language") == named(ENGLISH).tag).any().over("id").not_())
    kept = born.join(pl.scan_parquet(folder.kept, glob=False), on="id", how="semi")
    counted = kept.join(english, on="id", how="left").join(withheld, on="id", how="left")
    counts = counted.group_by("source", "language").agg(
        pl.len().alias("items").cast(pl.Int64), pl.col("english", "withheld").sum().cast(pl.Int64)
    )
    return counts.sort("source", "language").collect()


def withheld(folder: BuildFolder, languages: Sequence[Language]) -> pl.DataFrame:
    """Return the translations that are in no split, by config, source and reason."""
    rows = [
        pl.scan_parquet(folder.assembled(language), glob=False)
        .filter(is_withheld(accepted_rows(language.name)))
        .select(pl.lit(language.name).alias("config"), "source", pl.col("quality").struct.field("reasons"))
        for language in languages
    ]
    with connect() as database:
        return query(database, "rows/withheld", {"rows": pl.concat(rows)})


def _all_rows(folder: BuildFolder, languages: Sequence[Language]) -> pl.LazyFrame:
    """Return every language's rows with their ``config`` and ``split``."""
    made = [
        pl.scan_parquet(path, glob=False).with_columns(
            config=pl.lit(language.name), split=pl.lit(path.name.partition("-")[0])
        )
        for language in languages
        for path in sorted((folder.rows / language.name).glob("*.parquet"))
    ]
    empty = pl.LazyFrame(schema={**polars_schema(), "config": pl.String, "split": pl.String})
    return pl.concat([empty, *made])
