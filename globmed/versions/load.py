"""Load rows that are proven to be those of a published version.

``datasets`` falls back to the newest cached version when it cannot reach the Hub, whatever revision was asked for. Here
every Parquet file comes from the Hub's content-addressed cache at one commit and is checked against the manifest's
SHA-256 before a row of it is read.
"""

import glob
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from globmed.errors import unknown
from globmed.languages import language
from globmed.schema import features
from globmed.versions import REPOSITORY
from globmed.versions.published import Published, resolve, verified

if TYPE_CHECKING:
    import datasets


@overload
def load(
    config: str,
    version: str,
    repository: str = ...,
    endpoint: str | None = ...,
    cache_dir: str | Path | None = ...,
    *,
    split: None = ...,
    columns: Sequence[str] | None = ...,
    streaming: Literal[False] = ...,
    token: str | None = ...,
) -> "datasets.DatasetDict": ...
@overload
def load(
    config: str,
    version: str,
    repository: str = ...,
    endpoint: str | None = ...,
    cache_dir: str | Path | None = ...,
    *,
    split: str,
    columns: Sequence[str] | None = ...,
    streaming: Literal[False] = ...,
    token: str | None = ...,
) -> "datasets.Dataset": ...
@overload
def load(
    config: str,
    version: str,
    repository: str = ...,
    endpoint: str | None = ...,
    cache_dir: str | Path | None = ...,
    *,
    split: str | None = ...,
    columns: Sequence[str] | None = ...,
    streaming: Literal[True],
    token: str | None = ...,
) -> "datasets.IterableDataset | datasets.IterableDatasetDict": ...
def load(
    config: str,
    version: str,
    repository: str = REPOSITORY,
    endpoint: str | None = None,
    cache_dir: str | Path | None = None,
    *,
    split: str | None = None,
    columns: Sequence[str] | None = None,
    streaming: bool = False,
    token: str | None = None,
) -> Any:
    """Return the rows of one language in one version; every file is checked against the manifest before it is read.

    Args:
        config: config name (``swahili``) or BCP-47 tag (``sw``).
        version: number, tag or full commit hash.
        repository: dataset repository on the Hub.
        endpoint: the Hub's address; ``HF_ENDPOINT`` or the public Hub by default.
        cache_dir: where ``datasets`` keeps its Arrow files.
        split: ``train``, ``validation`` or ``test``; all of them by default, in a dictionary. Files of other splits are
            not downloaded.
        columns: names of the columns to return, in this order; all by default.
        streaming: return iterable datasets, which download and check each file when its turn comes, and read the
            named columns alone.
        token: the client's own by default.

    Raises:
        UserError: as `resolve`; an unknown config, split or column; a file that is not the one in the manifest.
    """
    name = language(config).name
    wanted = _only(columns)
    published = resolve(version, repository, endpoint, token)
    files = published.files(name)
    if split is not None:
        if split not in files:
            raise unknown(f"split of {name} {published.version}", split, files)
        files = {split: files[split]}
    place = {"published": published, "endpoint": endpoint, "token": token}
    rows = _streamed(files, wanted, place) if streaming else _loaded(files, wanted, place, cache_dir)
    return rows if split is None else rows[split]


def _only(columns: Sequence[str] | None) -> "datasets.Features":
    import datasets

    known = features()
    for column in columns or ():
        if column not in known:
            raise unknown("column", column, known)
    return datasets.Features({column: known[column] for column in columns or known})


def _loaded(
    files: Mapping[str, Sequence[str]],
    wanted: "datasets.Features",
    place: Mapping[str, Any],
    cache_dir: str | Path | None,
) -> "datasets.DatasetDict":
    import datasets

    # `datasets` takes a path for a pattern.
    local = {
        split: [glob.escape(str(verified(path=path, **place))) for path in paths] for split, paths in files.items()
    }
    loaded = datasets.load_dataset(
        "parquet", data_files=local, features=features(), cache_dir=str(cache_dir) if cache_dir else None
    )
    assert isinstance(loaded, datasets.DatasetDict)  # noqa: S101 -- no split was named
    return loaded.select_columns(list(wanted))


def _streamed(
    files: Mapping[str, Sequence[str]], wanted: "datasets.Features", place: Mapping[str, Any]
) -> "datasets.IterableDatasetDict":
    import datasets

    return datasets.IterableDatasetDict(
        {
            split: datasets.IterableDataset.from_generator(
                _rows, features=wanted, gen_kwargs={"paths": list(paths), "columns": tuple(wanted), **place}
            )
            for split, paths in files.items()
        }
    )


def _rows(
    paths: Sequence[str], columns: Sequence[str], published: Published, endpoint: str | None, token: str | None
) -> Iterator[dict[str, Any]]:
    """Yield the rows of files in their order; a file is downloaded and checked when its turn comes."""
    import pyarrow.parquet as pq

    for path in paths:
        with pq.ParquetFile(verified(published, path, endpoint, token)) as file:
            # A version from before a column has null in it.
            for batch in file.iter_batches(columns=list(columns)):
                yield from ({column: row.get(column) for column in columns} for row in batch.to_pylist())
