"""Apply a round's results to the next build: edits go into the translation memory, ratings beside it.

A reviewer who saw a text and left it unchanged, in an item that they edited or rated 4 or better for accuracy and
completeness, has confirmed it. Confirmed and edited texts are ``postedited``; a human translation that was confirmed
stays ``human``. Two different edits of one text are disputed: neither is applied until a person decides.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import polars as pl
from defusedxml.ElementTree import parse

from builders.review.characters import compared, without_invisible
from builders.review.readers import read_csv, read_header
from builders.review.round import DIMENSIONS, Round
from builders.review.sheets import guarded
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.reviews import RECORD, add_to_record, digests, record_name
from builders.translate.memory import EDITED, YES
from builders.translate.segments import with_keys
from builders.translate.tmx import empty_tmx, tmx_unit, write_tmx
from globmed.errors import UserError
from globmed.languages import ENGLISH, Language, language
from globmed.storage.files import replaced
from globmed.storage.lock import check_unlocked, locked
from globmed.storage.parquet import write_parquet
from validation.facts.near_duplicates import near_duplicates
from validation.facts.withheld import CONFIRMED

#: Two raters who differ by so much dispute an item.
DISPUTED = 2
NEAR = ("translation", "near", "edit", "similarity")
DISPUTES = ("key", "config", "source", "translation", "edit", "raters", "take")


@dataclass(frozen=True, slots=True)
class Applied:
    """The results of a round that were applied.

    Attributes:
        entries: ``config, key, source, text, raters, edited`` written to the translation memory.
        disputed: ``key, config, source, translation, edit, raters`` that wait for a decision.
        near_copies: unreviewed texts that nearly repeat an edited one.
        reviewed: number of rows with a review, by config.
    """

    entries: pl.DataFrame
    disputed: pl.DataFrame
    near_copies: pl.DataFrame
    reviewed: Mapping[str, int]


def apply(round_: Round, memory: Path, decisions: Path | None = None) -> Applied:
    """Write ``reviewed-<tag>.tmx`` and ``reviews-<tag>.parquet`` into the folder ``memory``, after what is there.

    Args:
        round_: the round; its ``disputed.csv`` and ``near_copies.parquet`` are written.
        memory: a folder that builds name with ``--memory``.
        decisions: ``disputed.csv`` with an x in ``take`` of the edits to take.

    Raises:
        UserError: no rating yet, a wrong decision, a file in ``memory`` that is not one of ours, or another process
            is at work in the round, the memory or the build.
    """
    ratings = round_.finished_ratings()
    check_unlocked(Path(round_.read_settings()["build"]))
    memory.mkdir(parents=True, exist_ok=True)
    with locked(round_.root), locked(memory):
        return _apply(round_, ratings, memory, decisions)


def _apply(round_: Round, ratings: pl.DataFrame, memory: Path, decisions: Path | None) -> Applied:
    seen = seen_texts(ratings, round_.read_items())
    entries, disputed = settled(seen, _read_decisions(decisions))
    settings = round_.read_settings()
    reviewed: dict[str, int] = {}
    for config in map(language, sorted(ratings["config"].unique())):
        write_entries(
            memory / f"reviewed-{config.tag}.tmx", entries.filter(config=config.name), config, settings["round"]
        )
        record = _record(ratings, round_, disputed, config)
        add_to_record(memory / record_name(config), record, moves(entries, seen, config))
        reviewed[config.name] = record["id"].n_unique()
    _write_disputed(disputed, round_.root / "disputed.csv")
    near = _near_copies(BuildFolder(Path(settings["build"])), entries, seen)
    with replaced(round_.near_copies) as temporary:
        write_parquet(near, temporary)
    return Applied(entries, disputed, near, reviewed)


def seen_texts(ratings: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return a row per text and rater: ``config, item, rater, key, source, translation, edit, trusted``."""
    texts = items.select("item", "texts").explode("texts").unnest("texts")
    edits = ratings.select("code", "edits").explode("edits").drop_nulls().unnest("edits").rename({"text": "edit"})
    good = (pl.col("accuracy") >= CONFIRMED) & (pl.col("completeness") >= CONFIRMED)
    seen = (
        ratings.with_columns(trusted=good | (pl.col("edits").list.len() > 0))
        .select("code", "item", "config", "rater", "trusted")
        .join(texts, on="item")
        .join(edits, on=["code", "name"], how="left")
    )
    return with_keys(seen, "source").drop("key").rename({"memory_key": "key"}).sort("config", "item", "name", "rater")


def settled(seen: pl.DataFrame, decided: pl.DataFrame | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the entries for the memory, and the disputed edits, as `Applied` has them.

    Args:
        seen: of `seen_texts`.
        decided: the edits to take of those that raters dispute, as `_read_decisions` returns them.
    """
    edits = _edits(seen, _read_decisions(None) if decided is None else decided)
    entries = pl.concat([edits.filter("accepted").drop("accepted"), _confirmed(seen, edits)]).sort("config", "key")
    as_seen = seen.unique(["config", "key"], keep="first", maintain_order=True).select("config", "key", "translation")
    return entries, edits.filter(~pl.col("accepted")).join(as_seen, on=["config", "key"], maintain_order="left")


def _edits(seen: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Return ``config, key, source, text, raters, edited, accepted``: each text's edits; a lone one is accepted."""
    proposed = (
        seen.drop_nulls("edit")
        .with_columns(same=_compared("edit"))
        .group_by("config", "key", "same", maintain_order=True)
        .agg(pl.col("source", "edit").first(), raters=pl.col("rater").n_unique().cast(pl.Int64))
    )
    unknown = decided.join(proposed, on=["config", "key", "same"], how="anti").to_dicts()
    if unknown:
        where = "{file}, row {line}, key {key}".format(**unknown[0])
        raise UserError(f"{where}: no rater gave this edit; take one as it was written")
    alone = pl.col("same").n_unique().over("config", "key") == 1
    taken = pl.when(pl.col("chosen").is_null()).then(alone).otherwise(pl.col("chosen") == pl.col("same"))
    chosen = decided.select("config", "key", chosen="same")
    every = proposed.join(chosen, on=["config", "key"], how="left", maintain_order="left").with_columns(accepted=taken)
    undecided = every.filter(pl.col("accepted") | pl.col("chosen").is_null())
    return undecided.select(
        "config", "key", "source", pl.col("edit").alias("text"), "raters", pl.lit(True).alias("edited"), "accepted"
    )


def _confirmed(seen: pl.DataFrame, edits: pl.DataFrame) -> pl.DataFrame:
    """Return the texts that all their raters left unchanged, and trusted."""
    return (
        seen.join(edits, on=["config", "key"], how="anti")
        .group_by("config", "key", maintain_order=True)
        .agg(
            pl.col("source", "translation").first(),
            pl.col("rater").n_unique().cast(pl.Int64).alias("raters"),
            pl.col("trusted").all(),
            pl.col("translation").n_unique().alias("versions"),
        )
        .filter("trusted", pl.col("versions") == 1)
        .select("config", "key", "source", "raters", text="translation", edited=pl.lit(False))
        .select("config", "key", "source", "text", "raters", "edited")
    )


def _read_decisions(path: Path | None) -> pl.DataFrame:
    """Return ``config, key, same, file, line``: the edits to take, as they are compared, and where that is said."""
    taken: dict[tuple[str, str], tuple[str, int]] = {}
    for line, row in _decisions(path) if path else ():
        text = (row["config"], row["key"])
        if without_invisible(row["take"]).strip() and text in taken:
            raise UserError(f"{path}, row {line}, key {row['key']}: more than one edit has an x in take; leave one")
        if without_invisible(row["take"]).strip():
            taken[text] = (row["edit"], line)
    rows = [(*text, edit, path.name if path else "", line) for text, (edit, line) in taken.items()]
    schema = dict.fromkeys(("config", "key", "same", "file"), pl.String) | {"line": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(_compared("same").alias("same"))


def _decisions(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Read the rows of ``disputed.csv`` as it came back, with their numbers."""
    rows, findings = read_csv(path)
    refused = [finding for finding in findings if finding.outcome == "refused"]
    if refused:
        raise UserError(f"{path}: found {refused[0].found}, expected {refused[0].expected}")
    header = read_header(rows[0]) if rows else []
    absent = [name for name in DISPUTES if name not in header]
    if absent:
        raise UserError(f"{path}: no column {absent[0]}; expected the columns {', '.join(DISPUTES)}")
    for row in rows[1:]:
        values = {name: row.cells[place].value for place, name in enumerate(header) if place in row.cells}
        yield row.number, dict.fromkeys(DISPUTES, "") | values


def _compared(column: str) -> pl.Expr:
    """Return a column of edits as they are compared."""
    return pl.col(column).map_elements(compared, return_dtype=pl.String)


def _write_disputed(disputed: pl.DataFrame, path: Path) -> None:
    with replaced(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(DISPUTES)
        for row in disputed.rename({"text": "edit"}).with_columns(take=pl.lit("")).select(DISPUTES).iter_rows():
            writer.writerow(guarded(str(value)) for value in row)


def write_entries(path: Path, entries: pl.DataFrame, config: Language, round_name: str) -> None:
    """Write the entries in place of the file's entries of the same texts; keep its others."""
    root = _read_tmx(path) if path.is_file() else empty_tmx("review")
    body = root.find("body")
    if body is None:
        raise UserError(f"{path}: no <body>; expected a TMX file that `globmed review apply` wrote")
    keys = set(entries["key"])
    for unit in [each for each in body if each.get("tuid") in keys]:
        body.remove(unit)
    write_tmx(root, path, (_unit(entry, config, round_name) for entry in entries.iter_rows(named=True)))


def _read_tmx(path: Path) -> Element:
    try:
        root: Element | None = parse(path).getroot()
    except (OSError, SyntaxError, ValueError) as error:
        raise UserError(f"{path}: {error}; expected a TMX file that `globmed review apply` wrote") from error
    return empty_tmx("review") if root is None else root


def _unit(entry: Mapping[str, object], config: Language, round_name: str) -> Element:
    facts = {
        "origin": "postedited",
        "round": round_name,
        "raters": str(entry["raters"]),
        EDITED: YES if entry["edited"] else "no",
    }
    return tmx_unit(str(entry["key"]), facts, str(entry["source"]), str(entry["text"]), config.tag)


def _record(ratings: pl.DataFrame, round_: Round, disputed: pl.DataFrame, config: Language) -> pl.DataFrame:
    """Return `RECORD` of a language: the reviews of each rated row with the texts that were rated."""
    items = round_.read_items().filter(config=config.name)
    settings = round_.read_settings()
    reviews = _reviews(ratings.filter(config=config.name), items, disputed.filter(config=config.name))
    named = reviews.with_columns(round=pl.lit(settings["round"]), version=pl.lit(settings["version"]))
    texts = digests(items.select(id="row", texts="texts")).join(named, on="id")
    return texts.select(pl.col(name).cast(kind) for name, kind in RECORD.items()).sort("id", "name")


def moves(entries: pl.DataFrame, seen: pl.DataFrame, config: Language) -> pl.DataFrame:
    """Return ``key, digest, after``: what reviewed texts were edited to."""
    both = entries.join(seen.select("config", "key", "translation").unique(), on=["config", "key"])
    made = both.filter("edited", config=config.name).select(source_key="key", text="text", translation="translation")
    before = with_keys(made, "translation").select("source_key", "text", digest="memory_key")
    return with_keys(before, "text").select("digest", key="source_key", after="memory_key")


def _reviews(ratings: pl.DataFrame, items: pl.DataFrame, disputed: pl.DataFrame) -> pl.DataFrame:
    """Return ``id, status, raters`` and the mean ratings of every rated row."""
    texts = with_keys(items.select("row", "texts").explode("texts").unnest("texts"), "source")
    in_dispute = texts.filter(pl.col("memory_key").is_in(disputed["key"].implode()))["row"]
    apart = pl.any_horizontal(pl.col(name).max() - pl.col(name).min() >= DISPUTED for name in DIMENSIONS)
    return (
        ratings.join(items.select("item", id="row"), on="item")
        .group_by("id", maintain_order=True)
        .agg(raters=pl.col("rater").n_unique(), apart=apart, **{name: pl.col(name).mean() for name in DIMENSIONS})
        .with_columns(
            status=pl.when(pl.col("apart") | pl.col("id").is_in(in_dispute.implode())).then(pl.lit("disputed"))
        )
        .with_columns(pl.col("status").fill_null("reviewed"))
    )


def _near_copies(build: BuildFolder, entries: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Return ``config, row, name, source, translation, near, edit, similarity`` of unreviewed near copies."""
    segments = pl.read_parquet(build.segments, glob=False).with_columns(name=pl.coalesce("label", "field"))
    sources = segments.unique("memory_key").select(id="memory_key", text="text")
    edits = entries.filter("edited")
    pairs = near_duplicates(sources, language(ENGLISH), of=edits["key"].unique())
    either = pl.concat([pairs, pairs.rename({"id_a": "id_b", "id_b": "id_a"}).select(pairs.columns)])
    near = (
        either.join(edits.select("config", id_a="key", near="source", edit="text"), on="id_a")
        .join(seen.select("config", id_b="key"), on=["config", "id_b"], how="anti")
        .sort("similarity", "near", descending=[True, False])
        .unique(["config", "id_b"], keep="first", maintain_order=True)
    )
    configs = map(language, seen["config"].unique().sort())
    translations = pl.concat(
        pl.read_parquet(build.translations(config), glob=False).select(
            "key", config=pl.lit(config.name), translation="text"
        )
        for config in configs
    )
    return (
        segments.join(near, left_on="memory_key", right_on="id_b")
        .join(translations, on=["config", "key"])
        .select("config", pl.col("id").alias("row"), "name", pl.col("text").alias("source"), *NEAR)
        .sort("config", "row", "name")
    )
