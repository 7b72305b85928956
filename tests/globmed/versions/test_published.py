"""Loading a published version, and refusing what is not it."""

import hashlib
from pathlib import Path

import polars as pl
import pytest
from huggingface_hub import HfApi

from globmed.errors import UserError
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess, check_endpoint, client_token
from globmed.versions.published import YANKED, resolve, yanked
from tests.conftest import DemoRelease
from tests.support.clients import run_client

pytestmark = pytest.mark.slow

LOAD = """
import json, globmed
from globmed.errors import UserError
try:
    rows = globmed.load("swahili", version="{version}")
    print(json.dumps([row["id"] for row in rows["test"]]))
except UserError as error:
    print(json.dumps(str(error)))
"""
NOWHERE = "http://127.0.0.1:9"


def test_rows_are_those_that_were_released(demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path) -> None:
    (file,) = (demo_release.candidate / "data" / "swahili").glob("test-*")
    ids = pl.read_parquet(file)["id"].to_list()
    for version in ("0.1.0", "v0.1.0", demo_release.commit):
        assert run_client(demo_hub, tmp_path, LOAD.format(version=version)) == ids


def test_a_version_that_was_loaded_loads_again_offline_and_no_other_does(
    demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path
) -> None:
    online = run_client(demo_hub, tmp_path, LOAD.format(version="0.1.0"))
    assert run_client(demo_hub, tmp_path, LOAD.format(version="0.1.0"), HF_ENDPOINT=NOWHERE) == online
    other = run_client(demo_hub, tmp_path, LOAD.format(version="0.2.0"), HF_HUB_OFFLINE="1")
    assert "nothing was loaded" in other


def test_a_changed_byte_in_the_cache_is_found(demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path) -> None:
    run_client(demo_hub, tmp_path, LOAD.format(version="0.1.0"))
    (cached,) = tmp_path.rglob("swahili/test-*.parquet")
    content = bytearray(cached.read_bytes())
    content[len(content) // 2] ^= 1
    cached.resolve().write_bytes(content)
    assert "is not the" in run_client(demo_hub, tmp_path, LOAD.format(version="0.1.0"))


@pytest.mark.parametrize(
    "manifest",
    [
        "[]",
        "{}",
        '{"version": "0.1.0"}',
        '{"version": "0.1.0", "configs": {"a/../b": {}}, "files": {}}',
        '{"version": "0.1.0", "configs": {}, "files": {"data/../../x": {"sha256": "0"}}}',
        '{"version": "0.1.0", "configs": {}, "files": {"data/x": {}}}',
        '{"version": "0.1.0", "configs": {}, "files": {"data/x": "0"}}',
    ],
)
def test_a_manifest_that_is_none_or_leads_elsewhere_is_refused(demo_hub: HubAccess, manifest: str) -> None:
    api = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token)
    name = f"globmed/manifest-{hashlib.sha256(manifest.encode()).hexdigest()[:12]}"
    api.create_repo(name, repo_type="dataset")
    api.upload_file(path_or_fileobj=manifest.encode(), path_in_repo="manifest.json", repo_id=name, repo_type="dataset")
    api.create_tag(name, tag="v0.1.0", repo_type="dataset")
    with pytest.raises(UserError, match=r"manifest\.json: .*; it is not a GlobMed version"):
        resolve("0.1.0", name, demo_hub.endpoint)


@pytest.mark.parametrize("address", ["", "nowhere", "localhost:80", "ftp://x", "http://", "http://[", "http://a:99999"])
def test_what_is_no_address_of_a_hub_is_said(address: str) -> None:
    with pytest.raises(UserError, match=r"expected http://host"):
        check_endpoint(address)


@pytest.mark.parametrize("address", ["https://user:hf_secret@x.org", "http://hf_secret@x", "http://x/?token=hf_secret"])
def test_an_address_with_a_secret_is_refused_without_telling_it(address: str) -> None:
    with pytest.raises(UserError, match="has a user, password or query") as caught:
        check_endpoint(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("token", ["hf_secret\x01", "hf_sécret", "hf_sec ret", "hf_secret\x7f"])
def test_a_token_that_is_none_is_refused_without_telling_it(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(UserError, match="has a character that no token has") as caught:
        resolve("0.1.0", endpoint="http://127.0.0.1:9")
    assert "ret" not in str(caught.value)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert client_token() == "hf_secret"


@pytest.mark.parametrize("address", ["https://huggingface.co", "http://127.0.0.1:8734/", "http://[::1]:80"])
def test_an_address_of_a_hub_is_taken(address: str) -> None:
    check_endpoint(address)


@pytest.mark.parametrize("name", ["main", "refs/pr/1", "latest", "v0.1", "abc1234"])
def test_names_that_can_move_are_refused(name: str) -> None:
    with pytest.raises(UserError, match=r"expected MAJOR\.MINOR\.PATCH"):
        resolve(name)


def test_withdrawn_versions_are_those_that_main_names_now(
    demo_hub: HubAccess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    api, name = HfApi(endpoint=demo_hub.endpoint, token=demo_hub.token), "globmed/withdrawn"
    api.create_repo(name, repo_type="dataset")
    assert yanked(name, demo_hub.endpoint) == {}
    for content, expected in (
        ('{"0.1.0": "a wrong dose"}', {"0.1.0": "a wrong dose"}),
        ('{"0.1.0": "a wrong dose", "0.2.0": "another"}', {"0.1.0": "a wrong dose", "0.2.0": "another"}),
        *((wrong, None) for wrong in ("no JSON", '["0.1.0"]', '{"0.1.0": null}')),
    ):
        api.upload_file(path_or_fileobj=content.encode(), path_in_repo=YANKED, repo_id=name, repo_type="dataset")
        if expected is not None:
            assert yanked(name, demo_hub.endpoint) == expected
            continue
        with pytest.raises(UserError, match=r"yanked\.json is not a list of withdrawn versions"):
            yanked(name, demo_hub.endpoint)
    api.delete_repo(name, repo_type="dataset")


def test_what_is_not_there_is_said(demo_release: DemoRelease, demo_hub: HubAccess, tmp_path: Path) -> None:
    assert "has no version v9.9.9" in run_client(demo_hub, tmp_path, LOAD.format(version="9.9.9"))
    missing = LOAD.replace('version="{version}"', 'version="0.1.0", repository="globmed/Nothing"')
    assert "no dataset globmed/Nothing" in run_client(demo_hub, tmp_path, missing)


def test_a_config_that_a_version_does_not_have_is_said(demo_release: DemoRelease, demo_hub: HubAccess) -> None:
    published = resolve("0.1.0", REPOSITORY, demo_hub.endpoint)
    assert published.commit == demo_release.commit
    with pytest.raises(UserError, match=r"has no config 'latin'; it has chinese"):
        published.files("latin")
