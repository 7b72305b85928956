"""The tables that the suites read, made once from the Parquet files of a build, a candidate or a dataset.

A config's own rows are read once, and the results are cached while its files and the code that queries them are
unchanged. Parity across configs is checked on the claims of all of them, and cached while those are unchanged.
"""

import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from globmed.errors import UserError
from globmed.languages import languages
from globmed.schema import ASKED, COMPARED, CRITICAL, GATED, SIGNALS
from globmed.storage.packages import file_of
from globmed.storage.queries import QUERIES, connect, query
from validation.facts.files import count_rows, open_files, read_schema
from validation.facts.leakage import find_leakage
from validation.facts.measured import measured_faults
from validation.facts.remember import digest, remembered, told
from validation.facts.structure import FAULT, claims, file_faults, parity_faults, row_faults
from validation.suites import SUITES
from validation.suites.suite import FOUND
from validation.thresholds import thresholds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_HERE = Path(__file__).parents[1]
_FACTS, _LANGUAGES = _HERE / "facts", file_of("globmed.languages")
#: The inputs of the findings in rows, besides the rows ...
CODE = (
    *sorted(
        path for folder in (_HERE, _FACTS, _HERE / "expectations", _HERE / "suites") for path in folder.glob("*.py")
    ),
    QUERIES / "leakage.sql",
    *sorted(path for folder in ("validate", "plots") for path in (QUERIES / folder).rglob("*.sql")),
    *(_HERE / "thresholds.toml", file_of("globmed.schema"), _LANGUAGES.with_name("languages.toml")),
)
#: ... and of their similar questions.
ALIKE = (
    *(_FACTS / "leakage.py", _FACTS / "near_duplicates.py"),
    *(QUERIES / "leakage.sql", _LANGUAGES.with_name("languages.toml")),
)
PACKAGES = ("duckdb", "polars", "rensa")
#: The suites and checks that ask about the rows of one config at a time; what the others find comes from elsewhere.
BY_CONFIG = tuple(
    (suite, check) for suite in SUITES if suite.table == FOUND for check in suite.checks if check.query != FOUND
)
BINS = 20
#: Number of configs that are queried at the same time, given enough cores: one has too few rows to keep two busy.
AT_ONCE = 4
PAIR = {
    "config": pl.String,
    "id_a": pl.String,
    "id_b": pl.String,
    "split_b": pl.String,
    "similarity": pl.Float64,
    "kind": pl.String,
}
FINDING = {"suite": pl.String, **FAULT}
Frames = dict[str, pl.DataFrame]


def make_tables(
    database: "DuckDBPyConnection", files: pl.DataFrame, previous: pl.DataFrame | None, kept: Path | None = None
) -> None:
    """Make every table that the suites read, from the files that have the right schema.

    Args:
        database: where to.
        files: those of `validation.facts.files.find_files`.
        previous: the same of the previous version.
        kept: a folder for the results of a config, reused as long as its files are unchanged.

    Raises:
        UserError: a file is not a Parquet file, or there are no rows at all.
    """
    if not sum(count_rows(Path(file)) for file in files["filename"]):
        raise UserError(f"{files['filename'][0]} and the others have no row, expected rows to judge: build them first")
    faults = file_faults(files)
    sound = files.join(faults, on="filename", how="anti")
    with tempfile.TemporaryDirectory(prefix="globmed-judged-") as nowhere:
        place = kept or Path(nowhere)
        by_config = _by_config(sound, place)
        for name in ("places", "answers", "quality", "faults", "leaks", "signals", "origins", "specialties", FOUND):
            _read(database, (tables[name] for tables in by_config)).create(name)
        _read(database, _measured(sound, place)).insert_into(FOUND)
        claimed = [tables["claims"] for tables in by_config]
        common = remembered(place / "common", told([*claimed, *CODE], PACKAGES), partial(_common, database, claimed))
        _read(database, [common["known"]]).create("known")
        _read(database, [common["parity"]]).insert_into(FOUND)
        database.from_arrow(query(database, "validate/facts/absent").to_arrow()).insert_into(FOUND)
        if previous is not None:
            _keep_previous(database, previous)
            lost = query(
                database,
                "validate/facts/lost",
                {"claims": pl.concat(map(partial(pl.scan_parquet, glob=False), claimed)).collect()},
            )
            database.from_arrow(lost.to_arrow()).insert_into(FOUND)
    database.from_arrow(faults.select(FAULT.keys()).to_arrow()).insert_into("faults")
    _keep_balance(database)


def keep(database: "DuckDBPyConnection", name: str, frame: pl.DataFrame) -> None:
    """Keep a frame as a table."""
    database.from_arrow(frame.to_arrow()).create(name)


def _by_config(files: pl.DataFrame, kept: Path) -> list[dict[str, Path]]:
    """Make the tables of every config, as files by table; of an empty config where there is none."""
    configs = [name for name in languages() if name in files["config"]] or [""]
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
        return list(pool.map(partial(_one_config, files, kept), configs))


def _one_config(files: pl.DataFrame, kept: Path, config: str) -> dict[str, Path]:
    own = files.filter(config=config).sort("filename")
    names = own["filename"].str.split("/").list.last()
    inputs = [config, *names, *told([*map(Path, own["filename"]), *CODE], PACKAGES)]
    return remembered(kept / config, inputs, partial(_ask, own, config, kept))


def _measured(files: pl.DataFrame, kept: Path) -> list[Path]:
    """Measure every config, one after the other: each takes all cores."""
    configs = [name for name in languages() if name in files["config"]] or [""]
    return [measured_faults(files, config, kept) for config in configs]


def _read(database: "DuckDBPyConnection", files: Iterable[Path]) -> "DuckDBPyRelation":
    return database.read_parquet([str(file) for file in files])


def _ask(files: pl.DataFrame, config: str, kept: Path) -> Frames:
    """Make the tables of one config's rows, in a database of its own."""
    low, high = zip(*(signal.shown for signal in SIGNALS.values()), strict=True)
    ranges = pl.DataFrame({"signal": list(SIGNALS), "low": low, "high": high})
    with connect() as database:
        open_files(database, files, "opened")
        database.execute("CREATE TEMP TABLE rows AS FROM opened")
        named = {"asked": list(ASKED), "compared": list(COMPARED)}
        database.execute(f"CREATE TEMP TABLE facts AS {_sql('facts')}", named)
        return {
            "claims": claims(database),
            **{name: query(database, f"validate/facts/{name}") for name in ("places", "answers")},
            "quality": _quality(database),
            "faults": row_faults(database),
            "leaks": query(database, "validate/facts/leaks", {"pairs": _alike(database, config, kept)}),
            "signals": query(database, "plots/signals", {"ranges": ranges}, bins=BINS),
            **{name: query(database, f"plots/{name}") for name in ("origins", "specialties")},
            FOUND: pl.concat(
                database.sql(suite.finder(check, "facts")).pl().cast(pl.Schema(FINDING)) for suite, check in BY_CONFIG
            ),
        }


def _alike(database: "DuckDBPyConnection", config: str, kept: Path) -> pl.DataFrame:
    """Return the pairs of nearly equal questions with one in train and the other held out.

    They are cached while the questions are unchanged, even if the rows change otherwise.
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


def _common(database: "DuckDBPyConnection", files: Iterable[Path]) -> Frames:
    """Make the tables that need all configs together."""
    frames = {"claims": pl.concat(map(partial(pl.scan_parquet, glob=False), files)).collect()}
    return {
        "known": query(database, "validate/facts/known", frames),
        "parity": parity_faults(database, frames["claims"]),
    }


def _keep_previous(database: "DuckDBPyConnection", files: pl.DataFrame) -> None:
    """Keep the ids of the previous version, whatever its other columns are."""
    for file in files["filename"]:
        if "id" not in read_schema(Path(file)).names:
            raise UserError(f"{file}: found no column id, expected the rows of the previous version: name its folder")
    open_files(database, files, "older")
    database.table("older").project("config, split, id").create("previous")


def _keep_balance(database: "DuckDBPyConnection") -> None:
    """Keep Cramér's V by task, config, split and source; 0 where items are few or the difference may be chance."""
    from scipy.stats import chi2

    groups = query(database, "validate/facts/balance")
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
    below = [thresholds()[f"quality.{signal}_below"] if signal in CRITICAL else None for signal in GATED]
    reasons = [None if signal in CRITICAL else SIGNALS[signal].reason for signal in GATED]
    limits = {"signal": GATED, "below": below, "reason": reasons}
    tiers = {"config": list(languages()), "tier": [entry.tier for entry in languages().values()]}
    kinds = {"below": pl.Float64, "reason": pl.String}
    frames = {"limits": pl.DataFrame(limits, schema_overrides=kinds), "tiers": pl.DataFrame(tiers)}
    return query(
        database, "validate/facts/quality", frames, signals=list(GATED), least=thresholds()["quality.least_rows"]
    )


def _sql(name: str) -> str:
    return (QUERIES / "validate" / "facts" / f"{name}.sql").read_text("utf-8")
