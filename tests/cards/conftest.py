"""A candidate whose figures are no round numbers: the sample, with findings, origins and reviews of all kinds."""

from pathlib import Path

import polars as pl
import pytest

from builders.rows.artifacts.folder import BuildFolder
from globmed.languages import languages
from globmed.schema import SPLITS, arrow_schema
from globmed.storage.parquet import write_parquet


@pytest.fixture(scope="session")
def candidate(demo_candidate: Path) -> Path:
    """The sample as it is released."""
    return demo_candidate


@pytest.fixture(scope="session")
def varied(demo_build: BuildFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files ``<config>/<split>-<source>.parquet``, two sources, three languages; every third row has findings."""
    folder = tmp_path_factory.mktemp("varied")
    for config in ("english", "swahili", "wolof"):
        tag = languages()[config].tag
        for split in SPLITS:
            rows = pl.read_parquet(demo_build.rows / config / f"{split}-sample.parquet").with_row_index()
            for source, part in rows.with_columns(_source()).partition_by("source", as_dict=True).items():
                write_parquet(_vary(part, tag), folder / config / f"{split}-{source[0]}.parquet", arrow_schema())
    return folder


def _source() -> pl.Expr:
    return pl.when(pl.col("index") % 4 == 0).then(pl.lit("expertqa_med")).otherwise("source").alias("source")


def _vary(rows: pl.DataFrame, tag: str) -> pl.DataFrame:
    third = pl.col("index") % 3 == 0
    reasons = pl.when(third).then(pl.lit(["length", "number_changed"])).otherwise(pl.lit([], pl.List(pl.String)))
    if tag == "en":
        return rows.drop("index")
    return rows.with_columns(
        pl.when(third).then(pl.lit("human")).otherwise("origin").alias("origin"),
        pl.col("quality").struct.with_fields(critical=third, reasons=reasons),
        pl.col("provenance").struct.with_fields(unresolved=pl.when(third).then(2).otherwise(0)),
        pl.col("review").struct.with_fields(
            status=pl.when(third).then(pl.lit("reviewed")).otherwise(pl.lit("unreviewed"))
        ),
    ).drop("index")
