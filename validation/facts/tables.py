"""The tables that the suites read, made once from the Parquet files of a build, a candidate or a dataset.

A config's own rows are read once, and what the suites ask of them is kept while its files, and the code that asks, are
the same. What the configs have to have in common is asked of the claims of all of them, and kept while those are the
same.
"""

import math
import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from globmed.errors import UserError
from globmed.languages import languages
from globmed.schema import ANSWERS, ASKED, COMPARED, ORIGINS, SIGNALS, SPLITS, TASKS, arrow_schema
from globmed.storage.queries import QUERIES, connect, query
from validation.facts.leakage import find_leakage
from validation.facts.remember import digest, remembered, told
from validation.suites import leakage, licence, parity
from validation.suites.suite import FOUND
from validation.thresholds import thresholds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_HERE = Path(__file__).parents[1]
_FACTS, _GLOBMED = _HERE / "facts", _HERE.with_name("globmed")
#: What decides what is found of rows, beside them ...
CODE = (
    *sorted(
        path for folder in (_HERE, _FACTS, _HERE / "expectations", _HERE / "suites") for path in folder.glob("*.py")
    ),
    *sorted(path for folder in ("", "validate", "plots") for path in (QUERIES / folder).glob("*.sql")),
    *(_HERE / "thresholds.toml", _GLOBMED / "schema.py", _GLOBMED / "languages.toml"),
)
#: ... and which of their questions are alike.
ALIKE = (_FACTS / "leakage.py", _FACTS / "near_duplicates.py", QUERIES / "leakage.sql", _GLOBMED / "languages.toml")
PACKAGES = ("duckdb", "polars", "rensa")
#: The suites whose checks ask about the rows of one config at a time.
BY_CONFIG = (leakage.SUITE, licence.SUITE)
#: From where to where a signal is counted, where that is not 0 to 1; larger values count in the last part.
RANGES = {"length_ratio": (0, 3), "repetition": (1, 11)}
#: The least and the most that a signal can be, where that is not 0 to 1; `ROUNDING` more or less is none.
LIMITS = {"length_ratio": (0.0, math.inf), "repetition": (1.0, math.inf), "estimator": (-math.inf, math.inf)}
ROUNDING = 1e-9
BINS = 20
#: Configs that are asked at the same time, where there are as many cores: one has too few rows to keep two busy.
AT_ONCE = 4
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
FINDING = dict.fromkeys(("suite", "check", "config", "split", "id", "detail"), pl.String)
Frames = dict[str, pl.DataFrame]


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
        kept: a folder that keeps what is found of a config, for the next time that its files are the same.

    Raises:
        UserError: a file is no Parquet, or there is no row at all.
    """
    rows = _row_counts(files)
    if not rows.sum():
        raise UserError(f"{files['filename'][0]} and the others have no row, expected rows to judge: build them first")
    faults = _file_faults(files.with_columns(rows=rows))
    sound = files.join(faults, on="filename", how="anti")
    with tempfile.TemporaryDirectory(prefix="globmed-judged-") as nowhere:
        place = kept or Path(nowhere)
        by_config = _by_config(sound, place)
        for name in ("places", "answers", "quality", "faults", "leaks", "signals", "origins", FOUND):
            _read(database, (tables[name] for tables in by_config)).create(name)
        claims = [tables["claims"] for tables in by_config]
        common = remembered(place / "common", told([*claims, *CODE], PACKAGES), partial(_common, database, claims))
        _read(database, [common["known"]]).create("known")
        _read(database, [common["parity"]]).insert_into(FOUND)
        database.from_arrow(query(database, "validate/absent").to_arrow()).insert_into(FOUND)
        if previous is not None:
            _keep_previous(database, previous)
            lost = query(
                database,
                "validate/lost",
                {"claims": pl.concat(map(partial(pl.scan_parquet, glob=False), claims)).collect()},
            )
            database.from_arrow(lost.to_arrow()).insert_into(FOUND)
    of_files = faults.select("check", "config", "split", pl.lit(None, pl.String).alias("id"), "detail")
    database.from_arrow(of_files.to_arrow()).insert_into("faults")
    _keep_balance(database)


def keep(database: "DuckDBPyConnection", name: str, frame: pl.DataFrame) -> None:
    """Keep a frame as a table."""
    database.from_arrow(frame.to_arrow()).create(name)


def _open(database: "DuckDBPyConnection", files: pl.DataFrame, name: str) -> None:
    """See the files as one view of all their columns, with config and split."""
    if files.is_empty():
        database.from_arrow(arrow_schema().empty_table()).project("*, '' AS config, '' AS split").create(name)
        return
    keep(database, f"{name}_files", files)
    places = database.table(f"{name}_files").set_alias("places")
    parquet = database.read_parquet(files["filename"].to_list(), filename=True, union_by_name=True).set_alias("parquet")
    parquet.join(places, "filename").project("* EXCLUDE (filename)").create_view(name)


def _by_config(files: pl.DataFrame, kept: Path) -> list[dict[str, Path]]:
    """What the suites ask about every config, as files by table; of no config where there is none."""
    configs = [name for name in languages() if name in files["config"]] or [""]
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
        return list(pool.map(partial(_one_config, files, kept), configs))


def _one_config(files: pl.DataFrame, kept: Path, config: str) -> dict[str, Path]:
    own = files.filter(config=config).sort("filename")
    names = own["filename"].str.split("/").list.last()
    inputs = [config, *names, *told([*map(Path, own["filename"]), *CODE], PACKAGES)]
    return remembered(kept / config, inputs, partial(_ask, own, config, kept))


def _read(database: "DuckDBPyConnection", files: Iterable[Path]) -> "DuckDBPyRelation":
    return database.read_parquet([str(file) for file in files])


def _ask(files: pl.DataFrame, config: str, kept: Path) -> Frames:
    """What the suites ask about the rows of one config, in a database of its own."""
    low, high = zip(*(RANGES.get(signal, (0, 1)) for signal in SIGNALS), strict=True)
    ranges = pl.DataFrame({"signal": SIGNALS, "low": low, "high": high})
    with connect() as database:
        _open(database, files, "opened")
        database.execute("CREATE TEMP TABLE rows AS FROM opened")
        named = {"asked": list(ASKED), "compared": list(COMPARED)}
        database.execute(f"CREATE TEMP TABLE facts AS {_sql('facts')}", named)
        return {
            "claims": query(database, "validate/claims", compared=named["compared"]),
            **{name: query(database, f"validate/{name}") for name in ("places", "answers")},
            "quality": _quality(database),
            "faults": _row_faults(database),
            "leaks": query(database, "validate/leaks", {"pairs": _alike(database, config, kept)}),
            "signals": query(database, "plots/signals", {"ranges": ranges}, bins=BINS),
            "origins": query(database, "plots/origins"),
            FOUND: pl.concat(
                database.sql(suite.finder(check, "facts")).pl().cast(pl.Schema(FINDING))
                for suite in BY_CONFIG
                for check in suite.checks
            ),
        }


def _alike(database: "DuckDBPyConnection", config: str, kept: Path) -> pl.DataFrame:
    """The pairs of nearly equal questions of which one is in train and the other is held out.

    They are kept while what is asked is the same, whatever else of the rows changes.
    """
    if not config:
        return pl.DataFrame(schema=PAIR)
    rows = database.table("rows").select(", ".join(("id", "split", "source", "options", *ASKED))).pl().sort("id")
    found = remembered(
        kept / f"alike-{config}",
        [digest(rows), *told(ALIKE, PACKAGES)],
        lambda: {"pairs": find_leakage(rows, languages()[config]).select(PAIR.keys())},
    )
    return pl.read_parquet(found["pairs"], glob=False)


def _common(database: "DuckDBPyConnection", claims: Iterable[Path]) -> Frames:
    """What is asked of all configs together."""
    frames = {"claims": pl.concat(map(partial(pl.scan_parquet, glob=False), claims)).collect()}
    return {
        "known": query(database, "validate/known", frames),
        "parity": query(database, "validate/parity", frames, compared=list(parity.COMPARED)),
    }


def _keep_previous(database: "DuckDBPyConnection", files: pl.DataFrame) -> None:
    """The ids of the version before, whatever its other columns were."""
    for file in files["filename"]:
        if "id" not in _schema(Path(file)).names:
            raise UserError(f"{file}: found no column id, expected the rows of the version before: name its folder")
    _open(database, files, "older")
    database.table("older").project("config, split, id").create("previous")


def _file_faults(files: pl.DataFrame) -> pl.DataFrame:
    """Files of unknown configs or splits, with another schema, or without ``rows``."""
    faults = [
        (check, file, config, split, detail)
        for file, config, split, rows in files.iter_rows()
        for check, wrong, detail in (
            ("config_unknown", config not in languages(), f"{config} is no config"),
            ("split_unknown", split not in SPLITS, f"{split} is no split"),
            (
                "schema",
                not _schema(Path(file)).equals(arrow_schema()),
                f"{Path(file).name}: expected the columns of globmed/schema.py",
            ),
            ("empty", not rows, f"{Path(file).name} has no row"),
        )
        if wrong
    ]
    return pl.DataFrame(faults, schema=FAULT, orient="row")


def _row_counts(files: pl.DataFrame) -> pl.Series:
    return pl.Series("rows", [_footer(Path(file)).num_rows for file in files["filename"]], pl.Int64)


def _schema(file: Path) -> pa.Schema:
    return _footer(file).schema.to_arrow_schema().remove_metadata()


def _footer(file: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(file)
    except (OSError, pa.ArrowInvalid) as error:
        raise UserError(f"{file}: cannot be read as Parquet ({error}): write it again") from error


def _row_faults(database: "DuckDBPyConnection") -> pl.DataFrame:
    closed = pl.DataFrame({"task": list(ANSWERS), "answers": [list(answers) for answers in ANSWERS.values()]})
    tags = pl.DataFrame({"config": list(languages()), "tag": [entry.tag for entry in languages().values()]})
    low, high = zip(*(LIMITS.get(signal, (0.0, 1.0)) for signal in SIGNALS), strict=True)
    ranges = pl.DataFrame({"signal": SIGNALS, "low": low, "high": high})
    ranges = ranges.with_columns(pl.col("low") - ROUNDING, pl.col("high") + ROUNDING)
    found = pl.concat(
        [
            query(database, "structure", {"closed": closed, "tags": tags}),
            query(database, "validate/structure", {"ranges": ranges}, tasks=list(TASKS), origins=list(ORIGINS)),
        ],
        how="vertical_relaxed",
    )
    return query(database, "validate/faults", {"broken": found})


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


def _quality(database: "DuckDBPyConnection") -> pl.DataFrame:
    signals = ("numbers", "options", "script")
    limits = {"signal": signals, "below": [thresholds()[f"quality.{signal}_below"] for signal in signals]}
    tiers = {"config": list(languages()), "tier": [entry.tier for entry in languages().values()]}
    return query(database, "validate/quality", {"limits": pl.DataFrame(limits), "tiers": pl.DataFrame(tiers)})


def _sql(name: str) -> str:
    return (QUERIES / "validate" / f"{name}.sql").read_text("utf-8")
