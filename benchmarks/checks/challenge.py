"""Judge the challenge set: ``python -m benchmarks.challenge [language ...] [--json] [--entries]``.

By language and kind: the share of ``bad`` translations with a reason that their ``good`` one has not, the share that
becomes critical, and the share of good ones with any reason and critical. ``--entries`` lists what is behind these
shares: faults without a reason, and good translations with one.
"""

import argparse
import tomllib
from pathlib import Path

import polars as pl

from globmed.errors import UserError
from globmed.languages import ENGLISH, Language, language, select
from validation.signals.pairs import score_pairs

FOLDER = Path(__file__).parents[2] / "validation" / "challenge"
FIELDS = ("kind", "source", "good")


def main() -> None:
    """Print the shares, or the entries behind them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.challenge")
    parser.add_argument("languages", nargs="*", help="all that have a file by default")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--entries", action="store_true", help="print the entries that the signals get wrong")
    asked = parser.parse_args()
    names = asked.languages or sorted(file.stem for file in FOLDER.glob("*.toml"))
    judged = pl.concat([judge(read_challenge(entry), entry) for entry in select(names)])
    found = wrong(judged) if asked.entries else shares(judged)
    if asked.json:
        print(found.write_json())
        return
    tables = {"": found} if asked.entries else by_language(found)
    with pl.Config(tbl_cols=-1, tbl_rows=-1, tbl_width_chars=400, fmt_str_lengths=200, tbl_hide_column_data_types=True):
        for title, table in tables.items():
            print(title, table, sep="\n")


def read_challenge(target: Language) -> pl.DataFrame:
    """Read ``language, kind, source, good, bad`` of a language's entries; ``bad`` is null where only ``good`` is given.

    Raises:
        UserError: the file is missing, or an entry has other fields.
    """
    path = FOLDER / f"{target.name}.toml"
    if not path.exists():
        raise UserError(f"{path} is missing: write it, as validation/challenge/README.md says")
    entries = tomllib.loads(path.read_text("utf-8"))["pair"]
    for number, entry in enumerate(entries, start=1):
        if entry.keys() - {"bad"} != set(FIELDS):
            raise UserError(
                f"{path}, pair {number}: fields {sorted(entry)}, expected {', '.join(FIELDS)} and maybe bad"
            )
    schema = {**dict.fromkeys(FIELDS, pl.String), "bad": pl.String}
    return pl.DataFrame(entries, schema=schema).insert_column(0, pl.lit(target.name).alias("language"))


def judge(entries: pl.DataFrame, target: Language) -> pl.DataFrame:
    """Return the entries with ``good_reasons, good_critical, bad_reasons, bad_critical``.

    A reason that the good translation has as well is no finding of the bad one, nor is it critical because of it.
    """
    good, bad = (_scored(entries, column, target) for column in ("good", "bad"))
    return entries.with_columns(
        good_reasons=good["reasons"],
        good_critical=good["critical"],
        bad_reasons=bad["reasons"].list.set_difference(good["reasons"]),
        bad_critical=bad["critical"] & ~good["critical"],
    )


def shares(judged: pl.DataFrame) -> pl.DataFrame:
    """Return per language and kind the number of pairs and the shares, from 0 to 1; null where there is no bad one."""
    paired = pl.col("bad").is_not_null()
    return judged.group_by("language", "kind", maintain_order=True).agg(
        pairs=paired.sum(),
        bad_found=_found("bad").filter(paired).mean(),
        bad_critical=pl.col("bad_critical").filter(paired).mean(),
        good=pl.len(),
        good_flagged=_found("good").mean(),
        good_critical=pl.col("good_critical").mean(),
    )


def by_language(shared: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return two tables of per cents, a row per kind and a column per language: faults, and good ones flagged."""

    def table(first: str, second: str, shown: str) -> pl.DataFrame:
        listed = shared.filter(pl.col(first).is_not_null() & (pl.col(shown) > 0).any().over("kind"))
        both = pl.format("{} / {}", *((100 * pl.col(name)).round().cast(pl.Int64) for name in (first, second)))
        return listed.with_columns(both=both).pivot("language", index="kind", values="both")

    return {
        "bad ones found / critical, %": table("bad_found", "bad_critical", "pairs"),
        "good ones flagged / critical, %": table("good_flagged", "good_critical", "good_flagged"),
    }


def wrong(judged: pl.DataFrame) -> pl.DataFrame:
    """Return a row per text judged wrongly: ``language, kind, fault`` (missed, flagged or critical), and its pair."""
    missed = judged.filter(pl.col("bad").is_not_null() & ~_found("bad"))
    flagged = judged.filter(_found("good"))
    how = pl.when("good_critical").then(pl.lit("critical")).otherwise(pl.lit("flagged"))
    return pl.concat(
        part.select("language", "kind", fault.alias("fault"), "source", pl.col(side).alias("target"), reasons)
        for part, fault, side, reasons in (
            (missed, pl.lit("missed"), "bad", pl.lit("").alias("reasons")),
            (flagged, how, "good", pl.col("good_reasons").list.join(" ").alias("reasons")),
        )
    )


def _found(side: str) -> pl.Expr:
    return pl.col(f"{side}_reasons").list.len() > 0


def _scored(entries: pl.DataFrame, column: str, target: Language) -> pl.DataFrame:
    """Return ``reasons`` and ``critical`` of a column; where it is null there is nothing to find."""
    texts = entries.select("source", target=pl.coalesce(column, "good"))
    return score_pairs(texts, language(ENGLISH), target).select("reasons", "critical")


if __name__ == "__main__":
    main()
