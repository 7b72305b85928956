"""Load a published commit back with the stock client and compare every row with the candidate.

Run as a process of its own, ``python -m builders.readback REPOSITORY COMMIT DATA``, in an environment that names
the Hub and a fresh cache: the client reads both when it is imported.
"""

import sys
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq

from globmed.schema import SPLITS, arrow_schema

EXPECTED_ARGUMENTS = 4


def differences(repository: str, commit: str, data: Path) -> list[str]:
    """One line for every config or split whose rows are not those of ``data/<config>/<split>-*.parquet``."""
    built = sorted(path.name for path in data.iterdir())
    published = sorted(datasets.get_dataset_config_names(repository, revision=commit))
    if published != built:
        return [f"configs {published} were published, {built} were built"]
    return [line for config in built for line in _config_differences(repository, commit, data / config)]


def _config_differences(repository: str, commit: str, folder: Path) -> list[str]:
    loaded = datasets.load_dataset(repository, folder.name, revision=commit)
    assert isinstance(loaded, datasets.DatasetDict)  # noqa: S101 -- no split was named
    built = {split: files for split in SPLITS if (files := sorted(folder.glob(f"{split}-*.parquet")))}
    if loaded.keys() != built.keys():
        return [f"{folder.name}: splits {sorted(loaded)} were published, {sorted(built)} were built"]
    return [
        f"{folder.name}/{split}: the rows that were loaded are not those that were built"
        for split, files in built.items()
        if not _table(loaded[split]).equals(pa.concat_tables(pq.read_table(f, schema=arrow_schema()) for f in files))
    ]


def _table(loaded: datasets.Dataset) -> pa.Table:
    table: pa.Table = loaded.data.table
    return table.cast(arrow_schema())


def main() -> None:
    """Print the differences; exit with 1 if there are any."""
    if len(sys.argv) != EXPECTED_ARGUMENTS:
        sys.exit(__doc__)
    datasets.disable_progress_bars()
    found = differences(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
