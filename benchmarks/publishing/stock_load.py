"""Load every config of a dataset with the stock client in a fresh cache, and print their rows as JSON.

python -m benchmarks.publishing.stock_load REPOSITORY REVISION
"""

import json
import sys
import tempfile


def main() -> None:
    """Load and print."""
    import datasets

    repository, revision = sys.argv[1:]
    datasets.disable_progress_bars()
    rows = {}
    for config in datasets.get_dataset_config_names(repository, revision=revision):
        with tempfile.TemporaryDirectory(prefix="globmed-load-") as cache:
            loaded = datasets.load_dataset(repository, config, revision=revision, cache_dir=cache)
            rows[config] = sum(loaded.num_rows.values())
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
