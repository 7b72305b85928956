"""What a second version costs to upload to a local Hub, with the stock client: 1 % of its rows changed.

    python -m benchmarks.publishing.hub_versions [--rows 400000]

Made-up rows in a Parquet file as releases have them. The changed rows follow one another, as those of one source or of
one correction do; then they are spread evenly, so that nearly every chunk has one. Counted is every byte that the
client sends.
"""

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

# Read by the client when it is imported.
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import polars as pl
from huggingface_hub import HfApi

from globmed.hub.process import running
from globmed.storage.parquet import write_parquet
from tests.support.counted import counted

NAME, PATH = "globmed/versions", "data/swahili/train.parquet"
CHANGED = 0.01


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=400_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as place:
        folder = Path(place)
        rows = made_up(options.rows)
        count = int(options.rows * CHANGED)
        together = set(range(options.rows // 3, options.rows // 3 + count))
        spread = set(range(0, options.rows, int(1 / CHANGED)))
        with running(folder / "hub") as hub, counted(hub.url) as (address, sizes):
            api = HfApi(endpoint=address, token=hub.token)
            api.create_repo(NAME, repo_type="dataset")
            for name, changed in (("first version", set[int]()), ("together", together), ("spread", spread)):
                file = folder / f"{name}.parquet"
                texts = [f"{text} corrected" if number in changed else text for number, text in enumerate(rows)]
                write_parquet(pl.DataFrame({"id": range(options.rows), "text": texts}), file)
                sizes.clear()
                api.upload_file(path_or_fileobj=file, path_in_repo=PATH, repo_id=NAME, repo_type="dataset")
                size = file.stat().st_size
                sys.stdout.write(f"{name:14} {size / 1e6:7.1f} MB, sent {sum(sizes) / size:7.2%}\n")


def made_up(count: int) -> list[str]:
    """Return texts of random words."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 11))) for _ in range(50_000)]
    return [" ".join(chance.choices(words, k=40)) for _ in range(count)]


if __name__ == "__main__":
    main()
