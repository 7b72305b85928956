"""The tables that the suites' queries read, made once from the Parquet files of a build, a candidate or a dataset."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from globmed.duck import QUERIES, query
from globmed.errors import UserError
from globmed.languages import languages
from globmed.schema import ANSWERS, ORIGINS, SPLITS, TASKS, arrow_schema
from validation.leakage import ASKED, find_leakage
from validation.remember import remembered
from validation.thresholds import thresholds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: What decides what is found of a config, beside its rows.
CODE = (
    *(Path(__file__).with_name(f"{module}.py") for module in ("leakage", "near_duplicates")),
    *(QUERIES / name for name in ("leakage.sql", "validate/facts.sql")),
)
FILE = {"filename": pl.String, "config": pl.String, "split": pl.String}
PAIR = {
    "config": pl.String,
    "id_a": pl.String,
    "id_b": pl.String,
    "split_b": pl.String,
    "similarity": pl.Float64,
    "kind": pl.String,
}
FAULT = {"check": pl.String, **FILE, "detail": pl.String}


def find_files(folder: Path) -> pl.DataFrame:
    """``file, config, split`` of ``data/<config>/<split>-*.parquet``, or else ``rows/<config>/<split>.parquet``.

    Raises:
        UserError: there are none.
    """
    for name in ("data", "rows"):
        paths = sorted(folder.glob(f"{name}/*/*.parquet"))
        if paths:
            rows = [(str(path.absolute()), path.parent.name, path.stem.partition("-")[0]) for path in paths]
            return pl.DataFrame(rows, schema=FILE, orient="row")
    raise UserError(
        f"{folder}: found no data/<config>/<split>-*.parquet and no rows/<config>/<split>.parquet, expected the "
        "folder of a build, a candidate or a dataset: name it"
    )


def make_tables(
    database: "DuckDBPyConnection", files: pl.DataFrame, previous: pl.DataFrame | None, kept: Path | None = None
) -> None:
    """Make every table that the suites read, from the files that have the right schema.

    Args:
        database: where to.
        files: those of `find_files`.
        previous: the same of the version before.
        kept: a folder that keeps what is slow to find of a config, for the next time that its files are the same.

    Raises:
        UserError: a file is no Parquet, or there is no row at all.
    """
    faults = _file_faults(files)
    sound = files.join(faults, on="filename", how="anti")
    _open(database, sound, "rows")
    keep(database, "facts", _by_config(sound, kept, "facts", partial(_facts, database)))
    if not sound.is_empty() and not database.table("facts").limit(1).fetchall():
        raise UserError(f"{files['filename'][0]} and the others have no row, expected rows to judge: build them first")
    _keep_answer(database, "reference")
    _keep_faults(database, faults)
    _keep_balance(database)
    _keep_quality(database)
    pairs = _by_config(sound, kept, "leaks", partial(_leaks, database))
    keep(database, "leaks", query(database, "validate/leaks", {"pairs": pairs}))
    if previous is not None:
        _keep_previous(database, previous)


def keep(database: "DuckDBPyConnection", name: str, frame: pl.DataFrame) -> None:
    """Keep a frame as a table."""
    database.from_arrow(frame.to_arrow()).create(name)


def _keep_answer(database: "DuckDBPyConnection", name: str) -> None:
    """Keep the answer of ``sql/validate/<name>.sql`` as a table, without taking it through Python."""
    database.sql((QUERIES / "validate" / f"{name}.sql").read_text("utf-8")).create(name)


def _open(database: "DuckDBPyConnection", files: pl.DataFrame, name: str) -> None:
    """See the files as one view of all their columns, with config and split."""
    if files.is_empty():
        database.from_arrow(arrow_schema().empty_table()).project("*, '' AS config, '' AS split").create(name)
        return
    keep(database, f"{name}_files", files)
    places = database.table(f"{name}_files").set_alias("places")
    parquet = database.read_parquet(files["filename"].to_list(), filename=True, union_by_name=True).set_alias("parquet")
    parquet.join(places, "filename").project("* EXCLUDE (filename)").create_view(name)


def _by_config(files: pl.DataFrame, kept: Path | None, name: str, find: Callable[[str], pl.DataFrame]) -> pl.DataFrame:
    """What is found in every config; where its files are the same as before, what was kept of it."""
    found = [find("")]
    for config in (config for config in languages() if config in files["config"].unique()):
        own = [Path(file) for file in files.filter(config=config)["filename"].sort()]
        work = partial(find, config)
        found.append(work() if kept is None else remembered(kept / f"{name}-{config}", [*own, *CODE], work))
    return pl.concat(found)


def _facts(database: "DuckDBPyConnection", config: str) -> pl.DataFrame:
    return query(database, "validate/facts", config=config)


def _leaks(database: "DuckDBPyConnection", config: str) -> pl.DataFrame:
    """The pairs of nearly equal questions of which one is in train and the other is held out."""
    if not config:
        return pl.DataFrame(schema=PAIR)
    columns = ", ".join(("id", "split", "source", "options", *ASKED))
    rows = database.sql(f"SELECT {columns} FROM rows WHERE config = $config", params={"config": config}).pl()  # noqa: S608 -- our names
    return find_leakage(rows, languages()[config]).select(PAIR.keys())


def _keep_previous(database: "DuckDBPyConnection", files: pl.DataFrame) -> None:
    """The ids of the version before, whatever its other columns were."""
    for file in files["filename"]:
        if "id" not in _schema(Path(file)).names:
            raise UserError(f"{file}: found no column id, expected the rows of the version before: name its folder")
    _open(database, files, "older")
    database.table("older").project("config, split, id").create("previous")


def _file_faults(files: pl.DataFrame) -> pl.DataFrame:
    """Files of unknown configs or splits or with another schema."""
    faults = [
        (check, file, config, split, detail)
        for file, config, split in files.iter_rows()
        for check, wrong, detail in (
            ("config_unknown", config not in languages(), f"{config} is no config"),
            ("split_unknown", split not in SPLITS, f"{split} is no split"),
            (
                "schema",
                not _schema(Path(file)).equals(arrow_schema()),
                f"{Path(file).name}: expected the columns of globmed/schema.py",
            ),
        )
        if wrong
    ]
    return pl.DataFrame(faults, schema=FAULT, orient="row")


def _schema(file: Path) -> pa.Schema:
    try:
        return pq.read_schema(file).remove_metadata()
    except (OSError, pa.ArrowInvalid) as error:
        raise UserError(f"{file}: cannot be read as Parquet ({error}): write it again") from error


def _keep_faults(database: "DuckDBPyConnection", files: pl.DataFrame) -> None:
    closed = pl.DataFrame({"task": list(ANSWERS), "answers": [list(answers) for answers in ANSWERS.values()]})
    tags = pl.DataFrame({"config": list(languages()), "tag": [entry.tag for entry in languages().values()]})
    found = pl.concat(
        [
            query(database, "structure", {"closed": closed, "tags": tags}),
            query(database, "validate/structure", tasks=list(TASKS), origins=list(ORIGINS)),
        ],
        how="vertical_relaxed",
    )
    keep(database, "faults", query(database, "validate/faults", {"found": found, "file_faults": files}))


def _keep_balance(database: "DuckDBPyConnection") -> None:
    """Cramér's V by task, config, split and source; nought where the items are few or the difference may be chance."""
    from scipy.stats import chi2

    groups = query(database, "validate/balance")
    p = pl.Series("p", chi2.sf(groups["chi_square"].to_numpy(), groups["freedom"].to_numpy()), pl.Float64)
    counts = (p < thresholds()["balance.significance"]) & (groups["items"] >= thresholds()["balance.least_items"])
    detail = pl.format(
        "{} items; against {}: V {}, chi-square {}, {} degrees of freedom, p {}",
        "items",
        "reference",
        pl.col("effect").round(3),
        pl.col("chi_square").round(1),
        "freedom",
        p.round_sig_figs(2),
    )
    measured = groups.with_columns(
        detail.alias("detail"), pl.when(counts).then("effect").otherwise(0.0).alias("observed")
    )
    keep(database, "balance", measured.select("measure", "config", "split", "id", "observed", "detail"))


def _keep_quality(database: "DuckDBPyConnection") -> None:
    signals = ("numbers", "options", "script")
    limits = {"signal": signals, "below": [thresholds()[f"quality.{signal}_below"] for signal in signals]}
    tiers = {"config": list(languages()), "tier": [entry.tier for entry in languages().values()]}
    frames = {"limits": pl.DataFrame(limits), "tiers": pl.DataFrame(tiers)}
    keep(database, "quality", query(database, "validate/quality", frames))
