"""Reviews that others published as a sheet: what experts rated and revised, for our memory and our review records.

The columns are those of ``li-lab/MultiMed`` on the Hub, the review sample of the paper's authors, as its card has them:
``Language``, ``EN_Data``, ``MT_Data``, ``Accuracy``, ``Fluency``, ``Completeness``, ``Expert_Revised`` and ``Comment``.
A cell of text is one text, or a record in JSON with a text in each of its fields. Experts have no names there: lines
about one text count as so many raters.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from builders.review.apply import DISPUTED, moves, seen_texts, settled, write_entries
from builders.review.characters import compared
from builders.review.readers import shown
from builders.review.round import DIMENSIONS, ITEMS, RATINGS
from builders.review.sheets import RATINGS as SCALE
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.reviews import RECORD, add_to_record, digests, record_name
from builders.rows.texts import row_texts
from builders.sources.reading import Folder, Record
from builders.translate.published import contents
from builders.translate.segments import with_keys
from globmed.errors import UserError
from globmed.languages import ENGLISH, Language, language, languages
from globmed.languages.tags import listed_language
from globmed.schema import TEXTS
from globmed.storage.lock import check_unlocked, locked
from validation.signals.pairs import score_pairs

SOURCE, TRANSLATION, REVISED = "EN_Data", "MT_Data", "Expert_Revised"
LANGUAGE, COMMENT = "Language", "Comment"
COLUMNS = (SOURCE, TRANSLATION, *(name.capitalize() for name in DIMENSIONS), REVISED)
#: The reasons why a line is not used.
NO_TEXT = "without a text and its translation"
UNLISTED = "in a language that is not in the list"
UNRATED = "neither rated nor revised"
OTHER_FIELDS = "whose texts do not have the same fields"
FACT = "whose revision changes a number or another clinical fact of the source"


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken of published reviews.

    Attributes:
        lines: lines read.
        left_out: lines that are not used, by reason.
        edited: texts with a revision, and ``confirmed`` those that experts left as they were, in the memory.
        confirmed: see ``edited``.
        disputed: texts with two revisions, of which none is used.
        rows: rows of the build all of whose texts were rated, by config.
    """

    lines: int
    left_out: Mapping[str, int]
    edited: int
    confirmed: int
    disputed: int
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Line:
    config: Language
    file: str
    where: str
    texts: Sequence[Mapping[str, str]]
    ratings: Mapping[str, int | None]
    edits: Sequence[Mapping[str, str]]
    comment: str | None


def take_reviews(sheets: Sequence[Path], build: BuildFolder, memory: Path, config: Language | None = None) -> Taken:
    """Write revised and confirmed texts, and reviews of the build's rows, into a folder for ``build --memory``.

    Args:
        sheets: files with `COLUMNS`; their names are the round of the reviews.
        build: its items say which texts make a row.
        memory: gets ``reviewed-<tag>.tmx`` and ``reviews-<tag>.parquet``, as of `builders.review.apply.apply`.
        config: the language of sheets without a column for it.

    Raises:
        UserError: a file cannot be read, a column is missing, or a rating or language cannot be understood.
    """
    check_unlocked(build.root)
    if not build.kept.is_file():
        raise UserError(f"{build.root}: nothing was built there; run `globmed build --out {build.root}` first")
    english = pl.read_parquet(build.kept, glob=False).filter(language=language(ENGLISH).tag)
    left_out: Counter[str] = Counter()
    lines = [line for sheet in sheets for line in _lines(sheet, config, left_out)]
    lines = _without_broken_facts(lines, left_out)
    ratings, items = _as_round(lines)
    seen = seen_texts(ratings, items)
    entries, disputed = settled(seen)
    memory.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    with locked(memory):
        for entry in map(language, sorted(set(ratings["config"]))):
            own = entries.filter(config=entry.name)
            rounds = " + ".join(sorted({Path(line.file).name for line in lines if line.config == entry}))
            write_entries(memory / f"reviewed-{entry.tag}.tmx", own, entry, rounds)
            record = _record(seen, ratings, disputed, english, entry, rounds)
            add_to_record(memory / record_name(entry), record, moves(entries, seen, entry))
            rows[entry.name] = record["id"].n_unique()
    edited = entries.filter("edited").height
    return Taken(
        lines=len(lines) + left_out.total(),
        left_out=dict(left_out),
        edited=edited,
        confirmed=entries.height - edited,
        disputed=disputed.select("config", "key").n_unique(),
        rows=rows,
    )


def _lines(sheet: Path, config: Language | None, left_out: Counter[str]) -> Iterator[_Line]:
    for record in Folder(sheet.parent).looked_at(sheet.name):
        missing = [name for name in COLUMNS if name not in record.fields]
        if missing:
            raise UserError(
                f"{sheet}: {record.where}: no column {missing[0]}, found {', '.join(record.fields)[:80]!r}, expected "
                f"{', '.join(COLUMNS)}: name a sheet of published reviews"
            )
        line = _line(sheet, record, config)
        if isinstance(line, str):
            left_out[line] += 1
        else:
            yield line


def _line(sheet: Path, record: Record, config: Language | None) -> _Line | str:
    """Return a line, or the reason why it is not used."""
    entry = _language(record, config)
    if entry is None:
        return UNLISTED
    sources, targets, revised = (_texts(record.fields[name]) for name in (SOURCE, TRANSLATION, REVISED))
    if not sources or not targets:
        return NO_TEXT
    if sources.keys() != targets.keys() or (revised and revised.keys() != sources.keys()):
        return OTHER_FIELDS
    ratings = {name: _rating(record, name.capitalize()) for name in DIMENSIONS}
    edits = [
        {"name": name, "text": text} for name, text in revised.items() if compared(text) != compared(targets[name])
    ]
    if not edits and None in ratings.values():
        return UNRATED
    texts = [{"name": name, "source": text, "translation": targets[name]} for name, text in sources.items()]
    return _Line(entry, str(sheet), record.where, texts, ratings, edits, record.note(COMMENT))


def _texts(cell: object) -> dict[str, str]:
    """Return the texts of a cell by their place in it."""
    return {"/".join(map(str, place)): text for place, text in contents({"": cell})[0].items()}


def _language(record: Record, config: Language | None) -> Language | None:
    said = record.note(LANGUAGE)
    if said is None:
        if config is None:
            raise UserError(
                f"{record.file}: {record.where}: no {LANGUAGE}, expected a language in the column or with --language"
            )
        return config
    return languages().get(said.lower()) or listed_language(said)


def _rating(record: Record, name: str) -> int | None:
    value = record.fields[name]
    text = "" if value is None else str(value).strip().removesuffix(".0")
    if not text or text.lower() == "nan":
        return None
    found = int(text) if re.fullmatch(r"\d{1,9}", text) else None
    if found not in SCALE:
        _refuse(record, name, value)
    return found


def _refuse(record: Record, name: str, found: object) -> NoReturn:
    raise UserError(
        f"{record.file}: {record.where}: {name} is {shown(found)!r}, expected a whole number from {SCALE[0]} to "
        f"{SCALE[-1]}, or nothing: correct it"
    )


def _without_broken_facts(lines: Sequence[_Line], left_out: Counter[str]) -> list[_Line]:
    """Return the lines without those whose revision is critical by a signal by which the translation is not.

    The signals are those that withhold a translation: numbers, units, doses, drugs, sides, script and the like.
    """
    pairs = [
        {"line": place, "config": line.config.name, "edit": edit["text"], **text}
        for place, line in enumerate(lines)
        for edit in line.edits
        for text in line.texts
        if text["name"] == edit["name"]
    ]
    broken: set[int] = set()
    frame = pl.DataFrame(pairs, infer_schema_length=None)
    for (config,), part in frame.group_by("config", maintain_order=True) if pairs else ():
        both = (language(ENGLISH), language(str(config)))
        now, then = (score_pairs(part.select("source", target=name), *both) for name in ("edit", "translation"))
        is_new = ~then["critical"] | (now["reasons"].list.set_difference(then["reasons"]).list.len() > 0)
        broken |= set(part.filter(now["critical"] & is_new)["line"])
    left_out[FACT] += len(broken)
    return [line for place, line in enumerate(lines) if place not in broken]


def _as_round(lines: Sequence[_Line]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the lines as the ratings and items of a round; the n-th line about a text is of the n-th rater."""
    times: Counter[tuple[str, str]] = Counter()
    ratings: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for number, line in enumerate(lines):
        about = (line.config.name, line.texts[0]["source"])
        times[about] += 1
        item = {"item": str(number), "config": line.config.name}
        rater = {"code": str(number), "rater": f"expert {times[about]}", "file": line.file}
        ratings.append({**item, **rater, **line.ratings, "edits": list(line.edits), "comment": line.comment})
        items.append({**item, "row": str(number), "texts": list(line.texts)})
    return pl.DataFrame(ratings, schema=RATINGS), pl.DataFrame(items, schema=ITEMS)


def _record(
    seen: pl.DataFrame,
    ratings: pl.DataFrame,
    disputed: pl.DataFrame,
    english: pl.DataFrame,
    config: Language,
    rounds: str,
) -> pl.DataFrame:
    """Return `RECORD` of the rows all of whose texts were rated."""
    rated = seen.filter(config=config.name).join(ratings.select("item", "rater", *DIMENSIONS), on=["item", "rater"])
    # A row against itself: its English texts, each as if it were the translation.
    texts = row_texts(english, english.select("id", *TEXTS, "options")).explode("texts").unnest("texts")
    keyed = with_keys(texts.drop("translation"), "source").select("id", "name", "source", key="memory_key")
    both = keyed.join(rated.drop("source", "name"), on="key", how="left", maintain_order="left")
    whole = both.filter(pl.col("translation").is_not_null().all().over("id"))
    apart = pl.any_horizontal(
        (pl.col(name).max().over("id", "name") - pl.col(name).min().over("id", "name")) >= DISPUTED
        for name in DIMENSIONS
    )
    in_dispute = pl.col("key").is_in(disputed.filter(config=config.name)["key"].implode())
    reviews = (
        whole.with_columns(apart=apart.fill_null(value=False) | in_dispute)
        .group_by("id", maintain_order=True)
        .agg(
            status=pl.when(pl.col("apart").any()).then(pl.lit("disputed")).otherwise(pl.lit("reviewed")),
            raters=pl.col("rater").n_unique(),
            **{name: pl.col(name).mean() for name in DIMENSIONS},
        )
        .with_columns(round=pl.lit(rounds), version=pl.lit(rounds))
    )
    as_seen = whole.unique(["id", "name", "translation"], maintain_order=True)
    told = as_seen.select("id", pl.struct("name", "source", "translation").alias("texts"))
    lines = digests(told.group_by("id", maintain_order=True).agg("texts")).join(reviews, on="id")
    return lines.select(pl.col(name).cast(kind) for name, kind in RECORD.items()).sort("id", "name")
