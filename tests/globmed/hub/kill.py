"""Uploads killed at random moments: ``python -m tests.globmed.hub.kill --kills 50``.

Each upload replaces every file of a repository by one commit, large files by LFS. SIGKILL goes to the server or to the
client, in turn, at a moment drawn evenly from the measured duration of an upload. After each kill the repository must
be exactly as before or as after, byte for byte, its tag where it was, and the same upload must then complete.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

# Read by the client when it is imported.
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

from huggingface_hub import HfApi

from globmed.hub.operating.check import check
from globmed.hub.process import RunningHub, running
from globmed.versions.client import HubAccess

NAME = "globmed/killed"
TAG = "v0.0.1"
UPLOAD = """
import sys
from huggingface_hub import HfApi
api = HfApi()
print("ready", flush=True)
api.upload_folder(repo_id=sys.argv[1], folder_path=sys.argv[2], repo_type="dataset", delete_patterns="*")
"""
LARGE_BYTES, LARGE_FILES, SMALL_FILES = 1_000_000, 4, 4

Contents = Mapping[str, bytes]


def contents(number: int) -> Contents:
    """Return the files of one upload: other bytes each time, and names that come and go."""
    chance = random.Random(number)  # noqa: S311 -- to be repeated
    small = {f"text/{number % 3}-{i}.txt": f"{number} {i}".encode() for i in range(SMALL_FILES)}
    return small | {f"data/{i}.parquet": chance.randbytes(LARGE_BYTES) for i in range(LARGE_FILES)}


def stored(hub: RunningHub, folder: Path, revision: str = "main") -> Contents:
    """What a fresh client sees."""
    api = HfApi(endpoint=hub.url, token=hub.token)
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        local = Path(api.snapshot_download(NAME, repo_type="dataset", revision=revision, cache_dir=cache))
        found = {path.relative_to(local).as_posix(): path.read_bytes() for path in local.rglob("*") if path.is_file()}
    del found[".gitattributes"]
    return found


def start_upload(hub: RunningHub, folder: Path, number: int) -> "subprocess.Popen[str]":
    """Return a client that is loaded and begins to upload."""
    place = folder / "upload"
    for path, content in contents(number).items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(content)
    for older in place.rglob("*.*"):
        if older.relative_to(place).as_posix() not in contents(number):
            older.unlink()
    client = subprocess.Popen(
        [sys.executable, "-c", UPLOAD, NAME, str(place)],
        env=os.environ | HubAccess(hub.url, hub.token).environment(folder / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert client.stdout is not None
    assert client.stdout.readline() == "ready\n"
    return client


def finish(client: "subprocess.Popen[str]") -> None:
    """Wait for an upload that must succeed."""
    with client:
        assert client.wait(120) == 0, "an upload after a kill did not complete"


class Kills:
    """The kill test on one storage folder; ``outcomes`` counts what was seen."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)  # noqa: S311 -- to be repeated
        self.outcomes: Counter[str] = Counter()
        self.stack = ExitStack()
        self.hub = self._serve()
        api = HfApi(endpoint=self.hub.url, token=self.hub.token)
        api.create_repo(NAME, repo_type="dataset")
        finish(start_upload(self.hub, folder, 0))
        api.create_tag(NAME, tag=TAG, repo_type="dataset")
        client = start_upload(self.hub, folder, 1)
        started = time.perf_counter()
        finish(client)
        self.duration = time.perf_counter() - started

    def run(self, kills: int) -> None:
        """Kill so many uploads."""
        with self.stack:
            for number in range(2, kills + 2):
                self._kill_one(number, "server" if number % 2 else "client")

    def _serve(self) -> RunningHub:
        return self.stack.enter_context(running(self.folder / "hub"))

    def _kill_one(self, number: int, victim: str) -> None:
        client = start_upload(self.hub, self.folder, number)
        time.sleep(self.chance.uniform(0, self.duration))
        with client:
            (self.hub.process if victim == "server" else client).kill()
            client.kill()
            client.wait()
        if victim == "server":
            self.hub.process.wait()
            self.hub = self._serve()
        report = check(self.folder / "hub")
        assert report.sound, f"upload {number}: {report}"
        seen = stored(self.hub, self.folder)
        assert seen in (contents(number - 1), contents(number)), f"upload {number}: neither as before nor as after"
        assert stored(self.hub, self.folder, TAG) == contents(0), f"upload {number}: the tag's files changed"
        self.outcomes[f"{victim} killed, as {'after' if seen == contents(number) else 'before'}"] += 1
        finish(start_upload(self.hub, self.folder, number))
        assert stored(self.hub, self.folder) == contents(number)


def main() -> None:
    """Run and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="globmed-kill-") as folder:
        kills = Kills(Path(folder), options.seed)
        kills.run(options.kills)
    counts = ", ".join(f"{name}: {count}" for name, count in sorted(kills.outcomes.items()))
    sys.stdout.write(f"{options.kills} kills over uploads of {kills.duration:.2f} s, none left damage: {counts}\n")


if __name__ == "__main__":
    main()
