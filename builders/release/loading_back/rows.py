"""Load a published commit back with the stock client and compare it with the candidate.

Run in a separate process, ``python -m builders.release.loading_back.rows``, in an environment that names the Hub and a
fresh cache: the client reads both when it is imported. The request comes as JSON on standard input, so that the
process can be started, and import the client, before there is a commit.

Every config is loaded from that commit. If a file of a config is new or changed, every row is compared. If the Hub
lists every file under the SHA-256 that it has in the candidate and in the version before, which was compared row by
row when it was released, the config is streamed: its splits, files, columns, the number of rows in every file, and its
first row are compared.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
from datasets.download.streaming_download_manager import xopen

from globmed.cli.child import answer
from globmed.schema import SPLITS, arrow_schema, features

#: Number of files whose last bytes are requested at the same time.
REQUESTS = 4


@dataclass(frozen=True, slots=True)
class Request:
    """A request to compare a published dataset with its candidate.

    Attributes:
        repository: the repository that it was published to.
        commit: its commit there.
        data: the folder ``data`` of the candidate.
        configs: the configs to load here.
        same: the configs whose files are all verified to be those of the previous version.
    """

    repository: str
    commit: str
    data: str
    configs: Sequence[str]
    same: Sequence[str]


def differences(request: Request) -> list[str]:
    """Return a line for every config or split that differs from ``data/<config>/<split>-*.parquet``."""
    data = Path(request.data)
    built = sorted(path.name for path in data.iterdir())
    published = sorted(datasets.get_dataset_config_names(request.repository, revision=request.commit))
    if published != built:
        return [f"configs {published} were published, {built} were built"]
    return [
        line
        for config in request.configs
        for line in (_stream_differences if config in request.same else _row_differences)(request, data / config)
    ]


def _row_differences(request: Request, folder: Path) -> list[str]:
    """Compare every row."""
    loaded = datasets.load_dataset(request.repository, folder.name, revision=request.commit)
    assert isinstance(loaded, datasets.DatasetDict)  # noqa: S101 -- no split was named
    built = _built(folder)
    if loaded.keys() != built.keys():
        return [_other_splits(folder.name, loaded, built)]
    return [
        f"{folder.name}/{split}: the rows that were loaded are not those that were built"
        for split, files in built.items()
        if not _table(loaded[split]).equals(pa.concat_tables(pq.read_table(f, schema=arrow_schema()) for f in files))
    ]


def _stream_differences(request: Request, folder: Path) -> list[str]:
    """Compare what can be seen without loading all rows: splits, files, columns, row counts, first rows."""
    builder = datasets.load_dataset_builder(request.repository, folder.name, revision=request.commit)
    loaded, built = builder.as_streaming_dataset(), _built(folder)
    if loaded.keys() != built.keys():
        return [_other_splits(folder.name, loaded, built)]
    published: Mapping[str, Sequence[str]] = builder.config.data_files
    found = []
    for split, files in built.items():
        where = f"{folder.name}/{split}"
        if [path.rpartition("/")[2] for path in published[split]] != [file.name for file in files]:
            found.append(f"{where}: the files that were published are not those that were built")
        elif loaded[split].features != features():
            found.append(f"{where}: the columns that were loaded are not those of the schema")
        elif _counts(published[split]) != [pq.read_metadata(file).num_rows for file in files]:
            found.append(f"{where}: the files that were published have other numbers of rows than those built")
    first = next(iter(built))
    if not found and next(iter(loaded[first]), None) != _first(built[first]):
        found.append(f"{folder.name}/{first}: the first loaded row differs from the built one")
    return found


def _built(folder: Path) -> dict[str, list[Path]]:
    return {split: files for split in SPLITS if (files := sorted(folder.glob(f"{split}-*.parquet")))}


def _other_splits(config: str, loaded: Mapping[Any, object], built: Mapping[str, object]) -> str:
    return f"{config}: splits {sorted(map(str, loaded))} were published, {sorted(built)} were built"


def _table(loaded: datasets.Dataset) -> pa.Table:
    table: pa.Table = loaded.data.table
    return table.cast(arrow_schema())


def _first(files: Sequence[Path]) -> object:
    """Return the first row of a split."""
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(1):
            return batch.to_pylist()[0]
    return None


def _counts(paths: Sequence[str]) -> list[int]:
    """Return the number of rows of each published file, from its metadata."""
    with ThreadPoolExecutor(REQUESTS) as pool:
        return list(pool.map(_count, paths))


def _count(path: str) -> int:
    with xopen(path, "rb") as file:
        return int(pq.read_metadata(file).num_rows)


def main() -> None:
    """Write the differences as JSON; exit with 1 if there are any."""
    datasets.disable_progress_bars()
    found = differences(Request(**json.load(sys.stdin)))
    answer(found, 1 if found else 0)


if __name__ == "__main__":
    main()
