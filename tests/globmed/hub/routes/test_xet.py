"""The stock client with hf_xet and no setting: what it uploads and downloads, and what others may not."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError

from globmed.hub.operating.check import check
from globmed.hub.operating.erase import Target, erase
from globmed.hub.process import RunningHub, running
from globmed.hub.storage.xet.hashes import to_hex
from globmed.hub.storage.xet.index import Index
from globmed.hub.storage.xet.xorbs import MAX_SERIALIZED_BYTES
from globmed.versions.client import HubAccess
from tests.globmed.hub.conftest import NewRepository
from tests.globmed.hub.storage.xet.made import chunked, shard, shard_file, term, xorb
from tests.support.counted import counted

MIB = 1024 * 1024
PATH = "data/train.parquet"
WITHOUT_XET = """
import sys
from huggingface_hub import HfApi
HfApi().upload_file(repo_id=sys.argv[1], path_or_fileobj=sys.argv[2], path_in_repo=sys.argv[3], repo_type="dataset")
print(HfApi().hf_hub_download(sys.argv[1], sys.argv[4], repo_type="dataset"))
"""
STORED = ["a private " * 20, "table " * 30, "of patients " * 40]


def content(seed: int, size: int = 3 * MIB) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 -- to be repeated


def upload(api: HfApi, name: str, content: bytes, path: str = PATH) -> None:
    api.create_commit(name, [CommitOperationAdd(path, content)], commit_message="change", repo_type="dataset")


def read(api: HfApi, name: str, path: str, folder: Path) -> bytes:
    return Path(api.hf_hub_download(name, path, repo_type="dataset", cache_dir=folder)).read_bytes()


def known(api: HfApi, name: str, path: str = PATH) -> str | None:
    """Return Xet's hash of a file, as the tree has it."""
    (entry,) = api.get_paths_info(name, [path], repo_type="dataset")
    return entry.xet_hash  # type: ignore[union-attr]


class Chunks:
    """What a client of Xet asks of a repository, step by step."""

    def __init__(self, hub: RunningHub, name: str, right: str = "write", token: str | None = None) -> None:
        shown = {"Authorization": f"Bearer {token or hub.token}"} if token != "" else {}
        self.answer = httpx.get(f"{hub.url}/api/datasets/{name}/xet-{right}-token/main", headers=shown)
        got = self.answer.json()
        self.url, self.token = got.get("casUrl", ""), got.get("accessToken", "")

    def __call__(self, method: str, path: str, body: bytes | None = None, **headers: str) -> httpx.Response:
        shown = {"Authorization": f"Bearer {self.token}", **headers}
        return httpx.request(method, f"{self.url}/{path}", content=body, headers=shown)

    def keep(self, contents: list[bytes]) -> str:
        hash_, body = xorb(contents)
        kept = self("POST", f"v1/xorbs/default/{to_hex(hash_)}", body)
        assert kept.json() == {"was_inserted": True}
        return to_hex(hash_)

    def store(self, contents: list[bytes]) -> httpx.Response:
        """Send a shard for a file that is one xorb."""
        chunks, sha256 = chunked(contents), hashlib.sha256(b"".join(contents)).hexdigest()
        range_ = term(xorb(contents)[0], chunks, 0, len(chunks))
        return self("POST", "v1/shards", shard(shard_file(sha256, chunks, range_)))


def test_either_client_reads_what_the_other_wrote(
    api: HfApi, server: RunningHub, new_repository: NewRepository, tmp_path: Path
) -> None:
    name, by_xet, by_lfs = new_repository(), content(1), content(2)
    upload(api, name, by_xet)
    (tmp_path / "lfs").write_bytes(by_lfs)
    environment = HubAccess(server.url, server.token).environment(tmp_path / "home") | {"HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_XET, name, str(tmp_path / "lfs"), "lfs.parquet", PATH],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert Path(done.stdout.strip()).read_bytes() == by_xet, done.stderr
    assert known(api, name) is not None
    assert known(api, name, "lfs.parquet") is None
    assert read(api, name, "lfs.parquet", tmp_path / "cache") == by_lfs
    assert read(api, name, PATH, tmp_path / "cache") == by_xet
    # The same content by the other way.
    upload(api, name, by_lfs, "again.parquet")
    assert read(api, name, "again.parquet", tmp_path / "other") == by_lfs


def test_another_version_and_another_repository_only_cost_what_is_new(
    server: RunningHub, new_repository: NewRepository, tmp_path: Path
) -> None:
    first = content(3, 16 * MIB)
    second = first[: 8 * MIB] + b"a new row" + first[8 * MIB :]
    mine, another = new_repository(), new_repository()
    with counted(server.url) as (url, sizes):
        api = HfApi(endpoint=url, token=server.token)
        sent = []
        for name, version in ((mine, first), (mine, second), (another, second), (another, first)):
            sizes.clear()
            upload(api, name, version)
            sent.append(sum(sizes) / len(version))
            assert read(api, name, PATH, tmp_path / str(len(sent))) == version
    assert sent[0] > 1
    assert max(sent[1:]) < 0.03


def test_a_range_of_a_file_is_found_in_both_versions_of_the_call(
    api: HfApi, server: RunningHub, new_repository: NewRepository
) -> None:
    name, whole = new_repository(), content(4)
    upload(api, name, whole)
    chunks, hash_ = Chunks(server, name, "read"), known(api, name)
    for start, end in ((0, len(whole)), (0, 1), (1_000_000, 2_000_001), (len(whole) - 1, len(whole))):
        got: dict[str, Any] = {}
        for version in ("v1", "v2"):
            got = chunks("GET", f"{version}/reconstructions/{hash_}", Range=f"bytes={start}-{end - 1}").json()
            found = b""
            for each in got["terms"]:
                if version == "v1":
                    (fetch,) = got["fetch_info"][each["hash"]]
                    url, span, run = fetch["url"], fetch["url_range"], fetch["range"]
                else:
                    (fetch,) = got["xorbs"][each["hash"]]
                    url, span, run = fetch["url"], fetch["ranges"][0]["bytes"], fetch["ranges"][0]["chunks"]
                assert run == each["range"]
                answer = httpx.get(url, headers={"Range": f"bytes={span['start']}-{span['end']}"})
                assert answer.status_code == 206
                found += plain(answer.content)
            assert found[got["offset_into_first_range"] :][: end - start] == whole[start:end]
    past = chunks("GET", f"v2/reconstructions/{hash_}", Range=f"bytes={len(whole)}-{len(whole) + 9}")
    assert past.status_code == 416
    assert chunks("GET", f"v2/reconstructions/{hash_}", Range="bytes=a-b").status_code == 400


def plain(body: bytes) -> bytes:
    """Return the contents of chunks that are not compressed."""
    found = b""
    while body:
        size = int.from_bytes(body[1:4], "little")
        found, body = found + body[8 : 8 + size], body[8 + size :]
    return found


def test_a_hash_alone_gives_nobody_what_is_private(tmp_path: Path) -> None:
    """Neither to read it, nor to learn that it is here, nor to put it into a repository of one's own."""
    (tmp_path / "tokens").write_text(
        f"boss {'b' * 20}\nthief {'t' * 20} write:thief\ncolleague {'c' * 20} read:clinic write:colleague\n"
    )
    (tmp_path / "tokens").chmod(0o600)
    secret = [part.encode() for part in STORED]
    with running(tmp_path / "hub", token_file=tmp_path / "tokens") as hub:
        api = HfApi(endpoint=hub.url, token="b" * 20)
        for name in ("clinic/data", "thief/copy", "colleague/copy"):
            api.create_repo(name, repo_type="dataset", private=name == "clinic/data")
        own = Chunks(hub, "clinic/data")
        own.keep(secret)
        assert own.store(secret).json() == {"result": 1}
        upload(api, "clinic/data", b"".join(secret))
        hash_, chunk = known(api, "clinic/data"), to_hex(chunked(secret)[0].hash)
        assert own("GET", f"v2/reconstructions/{hash_}").status_code == 200
        assert own("GET", f"v1/chunks/default-merkledb/{chunk}").status_code == 200
        for right in ("read", "write"):
            assert Chunks(hub, "clinic/data", right, "t" * 20).answer.status_code == 404
            assert Chunks(hub, "clinic/data", right, "").answer.status_code == 401
        thief = Chunks(hub, "thief/copy", token="t" * 20)
        assert thief("GET", f"v2/reconstructions/{hash_}").status_code == 404
        assert thief("GET", f"v1/chunks/default-merkledb/{chunk}").status_code == 404
        assert thief.store(secret).status_code == 409
        # Who may read it may copy it without sending it, but reads it where it is only after the commit.
        colleague = Chunks(hub, "colleague/copy", token="c" * 20)
        assert colleague("GET", f"v1/chunks/default-merkledb/{chunk}").status_code == 200
        assert colleague.store(secret).json() == {"result": 1}
        assert colleague("GET", f"v2/reconstructions/{hash_}").status_code == 404
        # Nor may those who have to ask first.
        api.update_repo_settings("colleague/copy", repo_type="dataset", gated="manual")
        upload(api, "colleague/copy", content(8))
        gated = known(api, "colleague/copy")
        assert colleague("GET", f"v2/reconstructions/{gated}").status_code == 200
        assert Chunks(hub, "colleague/copy", "read", "t" * 20).answer.headers["X-Error-Code"] == "GatedRepo"
        # What is made private, or deleted, is closed to tokens and addresses that were given before.
        anonymous = Chunks(hub, "thief/copy", "read", "")
        assert anonymous.answer.status_code == 200
        upload(HfApi(endpoint=hub.url, token="t" * 20), "thief/copy", content(5))
        mine = known(api, "thief/copy")
        got = anonymous("GET", f"v2/reconstructions/{mine}").json()
        ((fetch,),) = got["xorbs"].values()
        assert httpx.get(fetch["url"]).status_code == 206
        api.update_repo_settings("thief/copy", repo_type="dataset", private=True)
        assert anonymous("GET", f"v2/reconstructions/{mine}").status_code == 404
        assert httpx.get(fetch["url"]).status_code == 404


def test_a_token_is_for_one_repository_and_one_right(
    server: RunningHub, new_repository: NewRepository, api: HfApi
) -> None:
    mine, another = new_repository(), new_repository()
    reads, writes, other = Chunks(server, mine, "read"), Chunks(server, mine), Chunks(server, another)
    hash_, body = xorb([b"some content"])
    path = f"v1/xorbs/default/{to_hex(hash_)}"
    assert reads("POST", path, body).status_code == 403
    assert reads("POST", "v1/shards", shard()).status_code == 403
    assert writes("POST", path, body, Authorization=f"Bearer {other.token}").status_code == 403
    for wrong in (f"Bearer {server.token}", "Bearer x.y", f"Bearer {writes.token[:-1]}", "Basic eDp5", "Bearer é"):
        assert httpx.post(
            f"{writes.url}/{path}", content=body, headers={b"Authorization": wrong.encode()}
        ).status_code == 401  # fmt: skip
    upload(api, mine, content(6))
    got = reads("GET", f"v2/reconstructions/{known(api, mine)}").json()
    ticket = next(iter(got["xorbs"].values()))[0]["url"].partition("ticket=")[2]
    assert writes("POST", path, body, Authorization=f"Bearer {ticket}").status_code == 403
    assert httpx.get(f"{writes.url}/runs/0?ticket=").status_code == 401
    # Nor is it a token of the Hub.
    answer = httpx.get(f"{server.url}/api/whoami-v2", headers={"Authorization": f"Bearer {writes.token}"})
    assert answer.status_code == 401


def test_what_is_malformed_is_refused_and_nothing_stays(
    folder: Path, server: RunningHub, new_repository: NewRepository
) -> None:
    chunks = Chunks(server, new_repository())
    hash_, body = xorb([b"some content", b"more content"])
    waiting = Index(folder / "blobs").waiting_files()
    for wrong in (body[:-1], body[:30], b"", bytes(100), body + body):
        assert chunks("POST", f"v1/xorbs/default/{to_hex(hash_)}", wrong).status_code == 400
    assert chunks("POST", f"v1/xorbs/default/{'0' * 64}", body).status_code == 400
    assert chunks("POST", f"v1/xorbs/default/{'x' * 64}", body).status_code == 404
    for wrong in (b"", bytes(100), shard()[:-50][:60]):
        assert chunks("POST", "v1/shards", wrong).status_code == 400
    too_large = chunks("POST", f"v1/xorbs/default/{to_hex(hash_)}", bytes(MAX_SERIALIZED_BYTES + 1))
    assert too_large.status_code == 413
    assert Index(folder / "blobs").waiting_files() == waiting
    assert [*(folder / "blobs" / "incoming").iterdir()] == []


def test_half_an_upload_serves_nothing_and_is_completed_by_the_same_client_or_collected(
    folder: Path, server: RunningHub, api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name, contents = new_repository(), [b"half " * 100, b"an upload " * 100]
    chunks, whole = Chunks(server, name), b"".join(contents)
    chunks.keep(contents)
    assert chunks("POST", f"v1/xorbs/default/{to_hex(xorb(contents)[0])}", xorb(contents)[1]).json() == {
        "was_inserted": False
    }
    assert check(folder).sound
    assert check(folder).unnamed >= 1
    chunk = to_hex(chunked(contents)[0].hash)
    assert chunks("GET", f"v1/chunks/default-merkledb/{chunk}").status_code == 404
    assert chunks.store(contents).json() == {"result": 1}
    assert chunks.store(contents).json() == {"result": 1}
    assert (
        Index(folder / "blobs").waiting(int(chunks.url.rpartition("/")[2].partition("-")[0]), xorb(contents)[0]) is None
    )
    header = {"key": "header", "value": {"summary": "complete"}}
    line = {"key": "lfsFile", "value": {"path": PATH, "algo": "sha256", "oid": hashlib.sha256(whole).hexdigest()}}
    done = httpx.post(
        f"{server.url}/api/datasets/{name}/commit/main",
        content="\n".join(map(json.dumps, (header, line))),
        headers={"Authorization": f"Bearer {server.token}"},
    )
    assert done.status_code == 200
    assert read(api, name, PATH, tmp_path) == whole


def test_erased_data_leave_xorbs_and_index_and_cannot_come_back(
    folder: Path, server: RunningHub, api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name, contents = new_repository(), [b"consent " * 50, b"withdrawn " * 50]
    chunks = Chunks(server, name)
    chunks.keep(contents)
    chunks.store(contents)
    upload(api, name, b"".join(contents))
    hash_ = known(api, name)
    got = chunks("GET", f"v2/reconstructions/{hash_}").json()
    ((fetch,),) = got["xorbs"].values()
    # Somebody uploads it once more, and is not done.
    chunks.keep(contents)
    erase(folder, Target("dataset", name, (PATH,)), "consent withdrawn")
    index = Index(folder / "blobs")
    assert index.xorb(xorb(contents)[0]) is None
    assert all(not index.places(chunk.hash) for chunk in chunked(contents))
    assert not any(b"withdrawn " * 50 in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert httpx.get(fetch["url"]).status_code == 404
    assert chunks("GET", f"v2/reconstructions/{hash_}").status_code == 404
    assert known(api, name) is None
    with pytest.raises(HfHubHTTPError, match="consent withdrawn"):
        upload(api, name, b"".join(contents))
    assert not any(b"withdrawn " * 50 in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert check(folder).sound


def test_a_client_that_remembers_chunks_which_are_gone_uploads_at_its_second_try(
    folder: Path, server: RunningHub, api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name, version = new_repository(), content(7)
    upload(api, name, version)
    sha256 = hashlib.sha256(version).hexdigest()
    index = Index(folder / "blobs")
    remembered = index.cache_name(int(Chunks(server, name).url.rpartition("/")[2].partition("-")[0]))
    # As if the index had been deleted, but for the name under which clients remember it.
    index.forget([sha256])
    with index._writing() as sql:
        sql.execute("INSERT INTO client_cache VALUES (?, ?)", (int(remembered.partition("-")[0]), remembered))
    changed = version + b"one more row"
    with pytest.raises(ConnectionError, match="409"):
        upload(api, name, changed)
    upload(api, name, changed)
    assert read(api, name, PATH, tmp_path) == changed
