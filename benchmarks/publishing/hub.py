"""The local Hub against ``cp``: a repository of 1 GiB to ``snapshot_download`` with an empty cache.

    python -m benchmarks.hub [--rounds 5]

Both read the same files from the same disk with a warm page cache and write to it; they take turns in one run. The
ratio is that of the medians. The third line is what the server gives to eight bare sockets that throw the bytes away:
the difference to the second is the client's own work.
"""

import argparse
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

# Read by the client when it is imported.
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

from huggingface_hub import HfApi

from globmed.hub.process import RunningHub, running
from globmed.versions.client import HubAccess

NAME = "globmed/large"
MIB = 1024 * 1024
#: 1 GiB: a few large files and many of the size of a Parquet split.
SIZES = (256 * MIB, 256 * MIB, 128 * MIB, *([32 * MIB] * 8), *([8 * MIB] * 16))
DOWNLOAD = """
import sys, time
from huggingface_hub import HfApi
api = HfApi()
started = time.perf_counter()
api.snapshot_download(sys.argv[1], repo_type="dataset", cache_dir=sys.argv[2])
print(time.perf_counter() - started)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to work; the system's temporary folder by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-", dir=options.folder) as place:
        folder = Path(place)
        files = write_files(folder / "files")
        with running(folder / "hub") as hub:
            api = HfApi(endpoint=hub.url, token=hub.token)
            api.create_repo(NAME, repo_type="dataset")
            api.upload_folder(repo_id=NAME, folder_path=files, repo_type="dataset")
            access = HubAccess(hub.url, hub.token)
            times = [
                (
                    copy(files, folder / "copy"),
                    download(access, folder / "cache"),
                    download(access, folder / "cache", HF_HUB_DISABLE_XET="1"),
                    drain(hub),
                )
                for _ in range(options.rounds)
            ]
    copied, by_chunks, over_http, drained = (statistics.median(column) for column in zip(*times, strict=True))
    size = sum(SIZES) / MIB
    print(f"cp                 {copied:6.2f} s  {size / copied:7.0f} MiB/s")
    print(f"snapshot_download  {by_chunks:6.2f} s  {size / by_chunks:7.0f} MiB/s")
    print(f"without Xet        {over_http:6.2f} s  {size / over_http:7.0f} MiB/s")
    print(f"served             {drained:6.2f} s  {size / drained:7.0f} MiB/s")
    print(f"the server alone against cp: {copied / drained:.2f}")
    print(f"snapshot_download against cp: {copied / by_chunks:.2f}, without Xet: {copied / over_http:.2f}")
    print(f"medians of {options.rounds} turns, {size:.0f} MiB")


def write_files(folder: Path) -> Path:
    """Random files of the sizes above, the same every time."""
    folder.mkdir()
    chance = random.Random(1)
    for number, size in enumerate(SIZES):
        with (folder / f"{number:03}.parquet").open("wb") as file:
            for _ in range(size // MIB):
                file.write(chance.randbytes(MIB))
    return folder


def copy(files: Path, target: Path) -> float:
    """Seconds of ``cp -r``."""
    started = time.perf_counter()
    subprocess.run(["cp", "-r", str(files), str(target)], check=True)  # noqa: S607 -- the system's
    seconds = time.perf_counter() - started
    _empty(target)
    return seconds


def download(access: HubAccess, cache: Path, **settings: str) -> float:
    """Seconds of ``snapshot_download`` in a client process, its start not counted."""
    done = subprocess.run(
        [sys.executable, "-c", DOWNLOAD, NAME, str(cache)],
        env=os.environ | access.environment(cache / "home") | settings,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    _empty(cache)
    return float(done.stdout)


def drain(hub: RunningHub) -> float:
    """Seconds to send every file to eight sockets."""
    address = urlsplit(hub.url)

    def receive(number: int) -> None:
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as connection:
            path = f"/datasets/{NAME}/resolve/main/{number:03}.parquet"
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            buffer, received = bytearray(4 * MIB), 0
            while count := connection.recv_into(buffer):
                received += count
            assert received > SIZES[number]

    started = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(receive, range(len(SIZES))))
    return time.perf_counter() - started


def _empty(folder: Path) -> None:
    """Remove and write back, so that neither pays for the other's pages."""
    shutil.rmtree(folder)
    os.sync()


if __name__ == "__main__":
    main()
