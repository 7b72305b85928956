"""How long a page of rows takes over a dataset of full size, and what the server and its workers use.

    python -m benchmarks.full_size --rows 500000 --out build/full_size
    python -m benchmarks.publishing.hub_rows [--rows build/full_size/rows]

Uploads the files to a local Hub in a temporary folder, then asks for pages, each for the first time. Prints seconds and
processor seconds of each, and the machine's load.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

# Read by the client when it is imported.
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import httpx2 as httpx
import psutil
from huggingface_hub import HfApi

from globmed.hub.process import RunningHub, running

REPOSITORY = "globmed/full-size"
#: What a reader asks for; a repository's card starts a worker.
ASKED = {
    "first page": "?config=*",
    "next page": "?config=*&p=1",
    "last page": "?config=*&p=10000",
    "one language": "?config=*&language=sw",
    "a source and a task": "?config=*&source=medqa&task=mcqa",
    "review status": "?config=*&status=unreviewed&language=zu",
    "text in one language": "?config=swahili&text=zzzz",
    "text in all languages": "?config=*&text=zzzz",
}


def main() -> None:
    """Measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, default=Path("build/full_size/rows"))
    folder = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as root, running(Path(root)) as hub:
        _upload(hub, folder)
        server = psutil.Process(hub.process.pid)
        with httpx.Client(base_url=f"{hub.url}/datasets/{REPOSITORY}", timeout=60) as client:
            print("| page | seconds | processor seconds |\n|---|--:|--:|")
            _time("card", client, "", server)
            for name, query in ASKED.items():
                _time(name, client, f"/rows/main{query}", server)
            _time("an item", client, "/item/main?id=casimedicos/test/000003", server)
        used = [process.memory_info().rss / 2**20 for process in (server, *server.children())]
        print(f"memory: server {used[0]:.0f} MiB, workers {', '.join(f'{each:.0f} MiB' for each in used[1:])}")
        print(f"load (1 min): {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _time(name: str, client: httpx.Client, path: str, server: psutil.Process) -> None:
    busy, start = _processor(server), time.perf_counter()
    answer = client.get(path)
    took = time.perf_counter() - start
    answer.raise_for_status()
    assert 'class="note"' not in answer.text, name
    print(f"| {name} | {took:.2f} | {_processor(server) - busy:.2f} |", flush=True)


def _processor(server: psutil.Process) -> float:
    return sum(sum(each.cpu_times()[:2]) for each in (server, *server.children()))


def _upload(hub: RunningHub, folder: Path) -> None:
    api = HfApi(endpoint=hub.url, token=hub.token)
    api.create_repo(REPOSITORY, repo_type="dataset")
    lines = ["---", "configs:"]
    for config in sorted(folder.iterdir()):
        lines += [f"- config_name: {config.name}", "  data_files:"]
        for file in sorted(config.iterdir()):
            lines += [f"  - split: {file.stem}", f"    path: data/{config.name}/{file.name}"]
    card = "\n".join([*lines, "---", "# Made-up words"]).encode()
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=REPOSITORY, repo_type="dataset")
    api.upload_folder(folder_path=folder, path_in_repo="data", repo_id=REPOSITORY, repo_type="dataset")


if __name__ == "__main__":
    main()
