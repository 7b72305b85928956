"""A version against what others published of the same sources: rows, languages, answers, leaks.

Others' records are read as `builders.translate.published` reads them, whose fields are not documented. A record is our
row if it has all texts that the row asks (question, premise, hypothesis, options), whatever else it has; or, in a
repository of the row's source in which the ids of these are ours, if its id is the row's.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from builders.release.diff.copy import Copy
from builders.release.hub.repository import HubRepository
from builders.sources.layouts import forms
from builders.sources.layouts.answers import folded as folded_answer
from builders.sources.layouts.answers import label, word
from builders.sources.layouts.layout import split_of
from builders.sources.reading import ROWS
from builders.sources.source import cleaned
from builders.translate.published import (
    OTHER_FILE,
    PublishedFile,
    contents,
    published_files,
    read_published,
    record_id,
    records_of,
)
from builders.translate.published import repository as repository_of
from globmed.cli.console import track
from globmed.errors import UserError
from globmed.languages import ENGLISH, languages
from globmed.languages.tags import listed_language
from globmed.schema import ASKED
from globmed.storage.queries import connect, query
from validation.facts.near_duplicates import folded

if TYPE_CHECKING:
    import duckdb

#: Fields that state the right answer, and those that have the options, as publishers name them.
ANSWERS = ("answer_idx", "answer", "correct_option", "correct_answer", "final_decision", "gold_label", "label")
OPTIONS = ("options", "choices", "Options")
#: The share of records found by their texts whose ids have to be ours before others are found by their ids.
SAME_IDS = 0.9
COUNTS = pl.Schema({"language": pl.String(), "theirs": pl.Int64(), "ours": pl.Int64(), "both": pl.Int64()})
ANSWER = pl.Schema(dict.fromkeys(("id", "repository", "record", "ours", "theirs"), pl.String()))
LEAK = pl.Schema(dict.fromkeys(("id", "split", "repository", "record", "theirs"), pl.String()))


@dataclass(frozen=True, slots=True)
class Against:
    """What a version and the files of others have in common, and where they differ.

    Attributes:
        version: the name of ours.
        repositories: theirs, with the commit where it is known.
        languages: `COUNTS`: their records, our rows, and rows of ours whose record they have in the language too; a
            language is ours by its config, otherwise as their folder is named.
        matched: English rows of ours that they have, by ``text`` and by ``id``.
        compared: rows of both with an answer that can be compared.
        answers: `ANSWER`: the rows whose answers differ.
        leaks: `LEAK`: their records outside a split of validation or test, that our validation or test ask.
    """

    version: str
    repositories: Mapping[str, str | None]
    languages: pl.DataFrame
    matched: Mapping[str, int]
    compared: int
    answers: pl.DataFrame
    leaks: pl.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary for JSON."""
        return {
            "version": self.version,
            "repositories": dict(self.repositories),
            "languages": self.languages.to_dicts(),
            "matched": dict(self.matched),
            "compared": self.compared,
            "answers": self.answers.to_dicts(),
            "leaks": self.leaks.to_dicts(),
        }


class _Theirs(NamedTuple):
    """An English record of theirs."""

    file: PublishedFile
    repository: str
    names: frozenset[str]
    upstream_id: str
    fields: Mapping[str, object]


def published_folder(name: str, there: HubRepository) -> Path:
    """Return the folder of what others published: itself, or a download of the repository that is named.

    Raises:
        UserError: neither a folder nor a repository.
    """
    from huggingface_hub import snapshot_download

    from globmed.versions.client import check_repository

    if Path(name).is_dir():
        return Path(name)
    if "/" not in name:
        raise UserError(f"--against {name}: neither a folder nor a repository, owner/name: correct it")
    check_repository(name)
    found = snapshot_download(
        name,
        repo_type="dataset",
        allow_patterns=[f"*{suffix}" for suffix in ROWS],
        endpoint=there.access.endpoint,
        token=there.access.token,
    )
    return Path(found)


def compare_against(copy: Copy, folders: Sequence[Path]) -> Against:
    """Compare a version with the published repositories in some folders.

    Raises:
        UserError: a folder has none, or a file cannot be read.
    """
    files = [file for folder in folders for file in published_files(folder)]
    if not files:
        raise UserError(
            f"{folders[0]}: no published repository in it, expected a folder a language with the same files in each, "
            "en among them: name the folder that was downloaded"
        )
    theirs = [record for file in files if file.path == file.english for record in _english(file)]
    with connect() as database:
        if "hf" in copy.files.protocol:
            database.register_filesystem(copy.files)
        rows = _rows(database, copy)
        by_text = _by_text(database, rows, theirs)
        ours = {config: _ids(database, copy, config) for config in copy.configs}
    by_id = _by_id(rows, theirs, by_text)
    pairs = [*by_text, *by_id]
    by_row = {row["id"]: row for row in rows.iter_rows(named=True)}
    answers, compared = _answers(by_row, theirs, pairs)
    return Against(
        version=copy.name,
        repositories=dict(repository_of(root) for root in dict.fromkeys(file.root for file in files)),
        languages=_languages(files, theirs, pairs, ours),
        matched={"text": len({each for each, _ in by_text}), "id": len({each for each, _ in by_id})},
        compared=compared,
        answers=answers,
        leaks=_leaks(by_row, theirs, pairs),
    )


def _english(file: PublishedFile) -> Iterator[_Theirs]:
    records, (name, _) = records_of(file.path), repository_of(file.root)
    field = record_id(records)
    for record in records:
        upstream = record.key or (str(record.fields[field]) if field else "")
        names = frozenset(filter(None, (record.where, upstream)))
        yield _Theirs(file, name, names, upstream, record.fields)


def _rows(database: "duckdb.DuckDBPyConnection", copy: Copy) -> pl.DataFrame:
    """Return our English rows: what they ask, their answer, split, source and the upstream's id."""
    paths = [copy.url(path) for path in copy.data(ENGLISH)]
    if not paths:
        raise UserError(f"{copy.name} has no {ENGLISH}, by which others' records are found: name another version")
    read = database.read_parquet(paths, filename=True, union_by_name=True)
    split = "regexp_extract(filename, '([a-z]+)-[^/\\\\]*$', 1) AS split"
    columns = ("id", "source", *ASKED, "options", "answer")
    rows: pl.DataFrame = read.project(f"{', '.join(columns)}, provenance.record_id AS record_id, {split}").pl()
    return rows


def _ids(database: "duckdb.DuckDBPyConnection", copy: Copy, config: str) -> set[str]:
    paths = [copy.url(path) for path in copy.data(config)]
    return set(database.read_parquet(paths).project("id").pl()["id"]) if paths else set()


def _by_text(
    database: "duckdb.DuckDBPyConnection", rows: pl.DataFrame, theirs: Sequence[_Theirs]
) -> list[tuple[str, int]]:
    """Return our ids with the numbers of the records that have all their texts."""
    texts = [
        (number, text)
        for number, each in enumerate(theirs)
        for text in dict.fromkeys(contents(each.fields)[0].values())
    ]
    read = pl.DataFrame(texts, schema={"record": pl.Int64, "text": pl.String}, orient="row")
    options = pl.col("options").list.eval(pl.element().struct.field("text"))
    asked = rows.select("id", text=pl.concat_list(pl.concat_list(*ASKED), options.fill_null([])))
    ours = asked.explode("text").drop_nulls("text").with_columns(is_first=pl.int_range(pl.len()).over("id") == 0)
    # A label such as "5" is among the values of their records that are not texts.
    known = ours.filter(pl.col("text").str.contains(r"\pL\pL|\pL\W+\pL") | pl.col("is_first"))
    frames = {
        "theirs": read.with_columns(folded(pl.col("text"))).unique(),
        "ours": known.with_columns(folded(pl.col("text"))),
    }
    return [(str(found), int(record)) for found, record in query(database, "diff/against", frames).iter_rows()]


def _by_id(rows: pl.DataFrame, theirs: Sequence[_Theirs], by_text: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return further pairs, by the upstream's id, in repositories of a source whose ids are ours."""
    upstream = {(_plain_name(source), record): found for found, source, record in _upstream(rows)}
    told: Counter[str] = Counter()
    agreeing: Counter[str] = Counter()
    for found, number in by_text:
        record = theirs[number]
        told[record.repository] += 1
        agreeing[record.repository] += upstream.get((_source_of(record), record.upstream_id)) == found
    same = {name for name, count in told.items() if agreeing[name] >= SAME_IDS * count}
    seen = {number for _, number in by_text}
    others = [(number, each) for number, each in enumerate(theirs) if each.repository in same and number not in seen]
    return [
        (upstream[key], number) for number, each in others if (key := (_source_of(each), each.upstream_id)) in upstream
    ]


def _upstream(rows: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    yield from rows.select("id", "source", "record_id").drop_nulls().iter_rows()


def _source_of(record: _Theirs) -> str:
    """Return the source that a repository is named after: ``GlobMed_MMLU-Pro`` is of ``mmlupro``."""
    return _plain_name(record.repository.rpartition("/")[2].rpartition("_")[2])


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _answers(
    rows: Mapping[str, Mapping[str, Any]], theirs: Sequence[_Theirs], pairs: Sequence[tuple[str, int]]
) -> tuple[pl.DataFrame, int]:
    """Return `ANSWER`, and how many rows have an answer in both."""
    differing, compared = [], set()
    for found, number in pairs:
        record = theirs[number]
        ours, other = _our_answer(rows[found]), _their_answer(record.fields)
        if ours is None or other is None:
            continue
        compared.add(found)
        if folded_answer(ours) != folded_answer(other):
            differing.append((found, record.repository, _name(record), ours, other))
    return pl.DataFrame(differing, schema=ANSWER, orient="row").sort("id", "record"), len(compared)


def _our_answer(row: Mapping[str, Any]) -> str | None:
    """Return the text of the right option, or the word of a closed answer."""
    options = {option["label"]: option["text"] for option in row["options"] or ()}
    answer = row["answer"]
    return None if answer is None else str(options.get(answer, answer))


def _their_answer(fields: Mapping[str, object]) -> str | None:
    """Return the same of a record of theirs; None if it is a number, which may count from 0 or 1, or unknown."""
    options: dict[str, str] = {}
    for name in OPTIONS:
        try:
            options = options or forms.options(fields[name])
        except (KeyError, forms.NoOptionsError):
            continue
    for name in ANSWERS:
        value = fields.get(name)
        if not isinstance(value, str) or not value.strip() or value.strip().isdecimal():
            continue
        if not options:
            return word(value)
        if label(value) in options:
            return cleaned(options[label(value)])
        if folded_answer(value) in map(folded_answer, options.values()):
            return cleaned(value)
    return None


def _leaks(
    rows: Mapping[str, Mapping[str, Any]], theirs: Sequence[_Theirs], pairs: Sequence[tuple[str, int]]
) -> pl.DataFrame:
    found = []
    for each, number in pairs:
        record, row = theirs[number], rows[each]
        split = split_of(record.file.part) or "unknown"
        if row["split"] != "train" and split not in ("validation", "test"):
            found.append((each, row["split"], record.repository, _name(record), split))
    return pl.DataFrame(found, schema=LEAK, orient="row").unique().sort("id", "record")


def _name(record: _Theirs) -> str:
    return f"{record.file.part}: {max(record.names, key=len)}"


def _languages(
    files: Sequence[PublishedFile],
    theirs: Sequence[_Theirs],
    pairs: Sequence[tuple[str, int]],
    ours: Mapping[str, set[str]],
) -> pl.DataFrame:
    """Return `COUNTS`, our languages in the order of the list, then those that only they have."""
    matched = {(theirs[number].file.english, name): found for found, number in pairs for name in theirs[number].names}
    counts: Counter[str] = Counter()
    both: dict[str, set[str]] = {}
    for file in track(files, "read", max(len(files), 1), lambda _: 1):
        entry = listed_language(file.code)
        name = file.code if entry is None else entry.name
        there = _names_of(file)
        counts[name] += len(there)
        ids = {matched[file.english, each] for each in there if (file.english, each) in matched}
        both.setdefault(name, set()).update(ids & ours.get(name, set()))
    order = [
        *(name for name in languages() if name in counts or name in ours),
        *sorted(counts.keys() - languages().keys()),
    ]
    lines = [(name, counts[name], len(ours.get(name, ())), len(both.get(name, ()))) for name in order]
    return pl.DataFrame(lines, schema=COUNTS, orient="row")


def _names_of(file: PublishedFile) -> list[str]:
    """Return the names of a file's records, as the English ones have them; a record of another file has none."""
    if file.path == file.english:
        return [record.where for record in records_of(file.path)]
    return ["" if record.problem == OTHER_FILE else record.name for record in read_published(file)]
