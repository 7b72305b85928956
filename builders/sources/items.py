"""The items stage: every source's files to a table of items, one of rejects, and a complete report."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from operator import attrgetter
from pathlib import Path

import polars as pl
import pyarrow as pa

import builders.sources
from builders.sources.audit.errata import ERRATA, errata, of_items
from builders.sources.audit.errata import SCHEMA as ERRATA_SCHEMA
from builders.sources.audit.gates import refuse_wrong_files
from builders.sources.audit.keys import with_one_key
from builders.sources.item import MORE, Item, Reason, Reject
from builders.sources.reading import Folder
from builders.sources.source import Source
from globmed.cli.processes import in_processes, processes_for
from globmed.errors import UserError
from globmed.schema import CONTENT, FIELDS, polars_schema
from globmed.storage.files import files_below, replaced, write_json
from globmed.storage.lock import locked_beside
from globmed.storage.parquet import write_parquet

ITEMS = "items.parquet"
REJECTS = "rejects.parquet"
REPORT = "items.json"

ITEM_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("id", "language", "source", "split", "task"), pa.string()),
        **{field.name: field.type for field in FIELDS if field.name in CONTENT},
        **dict.fromkeys(("origin", "engine", "upstream", "revision", "record_id", "licence"), pa.string()),
    }
)
REJECT_SCHEMA = pa.schema(
    dict.fromkeys(("source", "language", "split", "file", "record", "record_id", "reason", "detail"), pa.string())
)
#: Records that are held as Python objects at a time.
BATCH = 5_000

_VALUES = tuple(
    name
    for name in (*ITEM_SCHEMA.names, "file", "record")
    if name not in ("options", "upstream", "revision", "licence", *MORE)
)
_values = attrgetter(*_VALUES)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of records: every one is an item, or a reject with a reason."""

    records: int
    items: int
    rejects: dict[str, int]


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The report on a source: its pins (the revision as fetched), counts by file and by language, and unused files."""

    upstream: str
    revision: str | None
    licence: str
    publish: str
    sha256: dict[str, str]
    files: dict[str, Tally]
    languages: dict[str, Tally]
    unused: list[str]


@dataclass(frozen=True, slots=True)
class ItemsReport:
    """The report of the stage: by source; subfolders that belong to no source; explanations of the reasons."""

    sources: dict[str, SourceReport]
    unused_folders: list[str]
    reasons: dict[str, str]
    total: Tally


def build_items(
    sources_dir: Path,
    out: Path,
    names: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> ItemsReport:
    """Parse the sources below a folder into ``out``: `ITEMS`, `REJECTS`, `ERRATA` and `REPORT`, all or nothing.

    Args:
        sources_dir: has one sub-folder a source.
        out: folder to write; one that an earlier run wrote is replaced.
        names: the sources to take; all that are there by default.
        progress: called with a source's name before its items are waited for.

    Raises:
        UserError: nothing known is in the folder, a file is unreadable, ``out`` holds something else, or another
            process is writing it.
    """
    chosen = _chosen(sources_dir, names)
    with locked_beside(out):
        _refuse_other_contents(out)
        parsed, parts = [], _parse_all(chosen, sources_dir)
        for source in chosen:
            if progress is not None:
                progress(source.name)
            parsed.append(next(parts))
        keyed = with_one_key(pl.concat([part.items for part in parsed]).with_row_index("row"))
        rejects = pl.concat([*(part.rejects for part in parsed), keyed.left_out.select(REJECT_SCHEMA.names)])
        items, rejects = _without_duplicates(keyed.items, rejects)
        mended = pl.concat([part.mended for part in parsed])
        lines = errata(chosen, items, rejects, mended, keyed.noted)
        report = _report(sources_dir, parsed, items, rejects)
        _write(out, items.sort("id", "language"), rejects.sort(REJECT_SCHEMA.names), lines, report)
    return report


@dataclass(frozen=True, slots=True)
class _Parsed:
    source: Source
    folder: Folder
    items: pl.DataFrame
    rejects: pl.DataFrame
    mended: pl.DataFrame


def _chosen(sources_dir: Path, names: Sequence[str] | None) -> tuple[Source, ...]:
    there = builders.sources.sources_in(sources_dir)
    if names is None:
        return there
    wanted = [builders.sources.source(name) for name in names]
    for source in wanted:
        if source not in there:
            raise UserError(
                f"{sources_dir / source.folder}: found no folder, expected the files of {source.name}: "
                f"download them from {source.upstream}"
            )
    return tuple(source for source in there if source in wanted)


def _refuse_other_contents(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file, expected a folder to write: name another")
    others = sorted(path.name for path in out.iterdir()) if out.exists() else []
    others = [name for name in others if name not in (ITEMS, REJECTS, ERRATA, REPORT)]
    if others:
        raise UserError(f"{out} holds {others[0]!r}, expected an empty folder or an earlier run's: name another")


def _parse_all(sources: Sequence[Source], sources_dir: Path) -> Iterator[_Parsed]:
    sizes = {
        source.name: sum(file.stat().st_size for file in files_below(sources_dir / source.folder)) for source in sources
    }
    parse = partial(_parse, sources_dir)
    return in_processes(parse, list(sizes), processes_for(sum(sizes.values())), size=sizes.__getitem__)


def _parse(sources_dir: Path, name: str) -> _Parsed:
    # Imported here: it reads descriptors, and this module is imported to find them.
    from builders.fetch.mark import fetched_revision

    source = builders.sources.source(name)
    folder = Folder(sources_dir / source.folder)
    source = replace(source, revision=fetched_revision(source, folder.path))
    outcomes = source.parse(folder)
    items, rejects, mended = [_item_frame(source, [])], [_reject_frame([])], [of_items([])]
    while batch := list(islice(outcomes, BATCH)):
        made = [outcome for outcome in batch if isinstance(outcome, Item)]
        items.append(_item_frame(source, made))
        rejects.append(_reject_frame([outcome for outcome in batch if isinstance(outcome, Reject)]))
        mended.append(of_items(made))
    parsed = _Parsed(source, folder, pl.concat(items), pl.concat(rejects), pl.concat(mended))
    refuse_wrong_files(folder.path, parsed.items, parsed.rejects)
    return parsed


def _item_frame(source: Source, items: Sequence[Item]) -> pl.DataFrame:
    """Return the columns of `ITEM_SCHEMA`, and ``file`` and ``record``."""
    pins = (source.upstream, source.revision, source.licence)
    rows = [(*_values(item), _options(item), *pins, *map(item.value, MORE)) for item in items]
    texts = dict.fromkeys([*_VALUES, "options", "upstream", "revision", "licence"], pl.String())
    others = {name: polars_schema()[name] for name in ("options", *MORE)}
    return pl.DataFrame(rows, schema={**texts, **others}, orient="row")


def _options(item: Item) -> list[dict[str, str]] | None:
    return None if item.options is None else [{"label": label, "text": text} for label, text in item.options]


def _reject_frame(rejects: Sequence[Reject]) -> pl.DataFrame:
    rows = [{**asdict(reject), "reason": reject.reason.value} for reject in rejects]
    return pl.DataFrame(rows, schema=dict.fromkeys(REJECT_SCHEMA.names, pl.String()))


def _without_duplicates(items: pl.DataFrame, rejects: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep one item per id and language: of the first file by name, then the least by content.

    The choice depends neither on the order of the files on disk nor on that of the records in a file.
    """
    key = ["id", "language"]
    content = pl.struct(CONTENT).struct.json_encode()
    doubled = (
        items.filter(pl.struct(key).is_duplicated())
        .with_columns(content=content)
        .sort(*key, "file", "content", "record")
        .with_columns(first=pl.col("content").first().over(key), place=pl.int_range(pl.len()).over(key))
    )
    later = doubled.filter(pl.col("place") > 0)
    same = pl.col("content") == pl.col("first")
    reason = pl.when(same).then(pl.lit(Reason.DUPLICATE)).otherwise(pl.lit(Reason.CONFLICTING_DUPLICATE))
    more = later.with_columns(reason=reason, detail="id").select(rejects.columns)
    return items.join(later, on="row", how="anti"), pl.concat([rejects, more])


def _report(sources_dir: Path, parsed: Iterable[_Parsed], items: pl.DataFrame, rejects: pl.DataFrame) -> ItemsReport:
    known = {source.folder for source in builders.sources.SOURCES.values()}
    folders = (path.name for path in sources_dir.iterdir() if path.is_dir())
    reasons = sorted(set(rejects["reason"].to_list()))
    return ItemsReport(
        sources={part.source.name: _source_report(part, items, rejects) for part in parsed},
        unused_folders=sorted(name for name in folders if name not in known and name[0] not in "._"),
        reasons={reason: Reason(reason).explanation for reason in reasons},
        total=_tally(items, rejects),
    )


def _source_report(part: _Parsed, items: pl.DataFrame, rejects: pl.DataFrame) -> SourceReport:
    source, folder = part.source, part.folder
    items, rejects = (frame.filter(pl.col("source") == source.name) for frame in (items, rejects))
    files = {name: _tally(*_where(items, rejects, file=name)) for name, count in folder.counts.items() if count}
    languages = {tag: _tally(*_where(items, rejects, language=tag)) for tag in source.languages}
    for name, tally in files.items():
        if tally.records != folder.counts[name]:
            raise AssertionError(f"{source.name}/{name}: read {folder.counts[name]}, accounted for {tally.records}")
    return SourceReport(
        upstream=source.upstream,
        revision=source.revision,
        licence=source.licence,
        publish=source.publish,
        sha256=folder.hashes(),
        files=files,
        languages=languages,
        unused=folder.unused(),
    )


def _where(items: pl.DataFrame, rejects: pl.DataFrame, **value: str) -> Iterator[pl.DataFrame]:
    return (frame.filter(**value) for frame in (items, rejects))


def _tally(items: pl.DataFrame, rejects: pl.DataFrame) -> Tally:
    reasons = dict(sorted(Counter(rejects["reason"].to_list()).items()))
    return Tally(records=items.height + rejects.height, items=items.height, rejects=reasons)


def _write(out: Path, items: pl.DataFrame, rejects: pl.DataFrame, lines: pl.DataFrame, report: ItemsReport) -> None:
    with replaced(out) as temporary:
        write_parquet(items, temporary / ITEMS, ITEM_SCHEMA)
        write_parquet(rejects, temporary / REJECTS, REJECT_SCHEMA)
        write_parquet(lines, temporary / ERRATA, pa.schema(dict.fromkeys(ERRATA_SCHEMA, pa.string())))
        write_json(temporary / REPORT, asdict(report))
