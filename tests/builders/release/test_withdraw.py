"""Taking versions back, on a local Hub through the real clients."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from huggingface_hub import HfApi

from builders.release.candidate import Plan
from builders.release.release import release
from builders.release.withdraw import rollback, yank
from builders.rows.artifacts.folder import BuildFolder
from globmed.errors import UserError
from globmed.hub.process import running
from globmed.records.manifest import MANIFEST, FileEntry, Manifest
from globmed.records.record import write_record
from globmed.storage.files import sha256
from globmed.versions import REPOSITORY
from globmed.versions.client import DATASET, HubAccess
from globmed.versions.envelope import ENVELOPE, Signer, read_payload
from globmed.versions.numbers import Version
from globmed.versions.statement import STATEMENT, statement_text
from tests.conftest import Globmed
from tests.support.clients import run_client

pytestmark = pytest.mark.slow

FIRST, SECOND = Version(0, 1, 0), Version(0, 1, 1)
LOAD = """
import datasets, json
rows = datasets.load_dataset("{repository}", "swahili", revision="{revision}")
print(json.dumps(sum(part.num_rows for part in rows.values())))
"""


@pytest.fixture(scope="module")
def hub(
    small_published: Path, small_build: BuildFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HubAccess]:
    """Two versions of the sample, of which the second mends the card alone."""
    with running(Path(shutil.copytree(small_published, tmp_path_factory.mktemp("withdrawn") / "hub"))) as server:
        access = HubAccess(server.url, server.token)
        release(Plan(SECOND, REPOSITORY, private=False), small_build, access)
        yield access


def on_main(access: HubAccess, folder: Path) -> tuple[str, dict[str, Path]]:
    """Return the version that main says it is, and its files."""
    api = HfApi(endpoint=access.endpoint, token=access.token)
    place = Path(api.snapshot_download(REPOSITORY, repo_type=DATASET, local_dir=folder))
    files = {p.relative_to(place).as_posix(): p for p in place.rglob("*") if p.is_file() and ".cache" not in p.parts}
    manifest = json.loads(files["manifest.json"].read_text("utf-8"))
    assert {path: sha256(files[path]) for path in manifest["files"]} == {
        path: entry["sha256"] for path, entry in manifest["files"].items()
    }
    assert files.keys() - manifest["files"].keys() - {ENVELOPE} == {".gitattributes", "manifest.json", STATEMENT}
    assert files[STATEMENT].read_text("utf-8") == statement_text(place)
    return manifest["version"], files


def head(access: HubAccess) -> str | None:
    return HfApi(endpoint=access.endpoint).dataset_info(REPOSITORY).sha


def tags(access: HubAccess) -> dict[str, str]:
    refs = HfApi(endpoint=access.endpoint).list_repo_refs(REPOSITORY, repo_type=DATASET)
    return {tag.name: tag.target_commit for tag in refs.tags}


def test_a_withdrawn_version_is_warned_of_and_stays_loadable(hub: HubAccess, tmp_path: Path) -> None:
    before = tags(hub)
    yank(REPOSITORY, SECOND, "the card names a wrong *dose*", hub)
    version, files = on_main(hub, tmp_path / "main")
    assert version == "0.1.1"
    assert json.loads(files["yanked.json"].read_text("utf-8")) == {"0.1.1": "the card names a wrong *dose*"}
    assert "`v0.1.1`: the card names a wrong &#42;dose&#42;" in files["README.md"].read_text("utf-8")
    assert tags(hub) == before
    assert run_client(hub, tmp_path, LOAD.format(repository=REPOSITORY, revision="v0.1.1")) == 37


def test_our_own_loader_warns_and_loads(hub: HubAccess, tmp_path: Path, globmed: Globmed) -> None:
    withdrawn = yank(REPOSITORY, SECOND, "the card names a wrong *dose*", hub)
    assert yank(REPOSITORY, SECOND, "the card names a wrong *dose*", hub) == withdrawn == head(hub), "once"
    told = globmed("load", "swahili", "--version", "0.1.1", HF_ENDPOINT=hub.endpoint)
    assert "0.1.1 was withdrawn: the card names a wrong *dose*" in told.stderr
    assert (told.returncode, "train: 18 rows" in told.stdout) == (0, True)
    silent = globmed("load", "swahili", "--version", "0.1.0", HF_ENDPOINT=hub.endpoint)
    assert "withdrawn" not in silent.stderr


def test_the_statement_on_main_is_signed_with_the_key_of_whoever_withdraws(hub: HubAccess, tmp_path: Path) -> None:
    signer = Signer(Ed25519PrivateKey.generate())
    yank(REPOSITORY, SECOND, "signed", hub, signer)
    _, files = on_main(hub, tmp_path / "signed")
    payload = read_payload(files[ENVELOPE].read_text("utf-8"), signer.key.public_key())
    assert payload == files[STATEMENT].read_bytes()
    yank(REPOSITORY, SECOND, "not signed", hub)
    _, files = on_main(hub, tmp_path / "unsigned")
    assert ENVELOPE not in files, "it would be another statement's"


def test_a_rollback_makes_the_earlier_contents_current_and_moves_no_tag(hub: HubAccess, tmp_path: Path) -> None:
    before = tags(hub)
    yank(REPOSITORY, SECOND, "the card names a wrong *dose*", hub)
    assert rollback(REPOSITORY, FIRST, "0.1.1 is withdrawn", hub) == head(hub)
    version, files = on_main(hub, tmp_path / "main")
    assert version == "0.1.0"
    assert "`v0.1.1`" in files["README.md"].read_text("utf-8")
    assert tags(hub) == before
    with pytest.raises(UserError, match=r"main is 0\.1\.0 already"):
        rollback(REPOSITORY, FIRST, "again", hub)
    rollback(REPOSITORY, SECOND, "it was right after all", hub)
    assert on_main(hub, tmp_path / "later")[0] == "0.1.1"


@pytest.mark.usefixtures("no_login")
def test_the_next_version_warns_of_what_was_withdrawn(hub: HubAccess, small_build: BuildFolder) -> None:
    before = yank(REPOSITORY, SECOND, "the card names a wrong *dose*", hub)
    anybody = HubAccess(hub.endpoint, None)
    planned = release(Plan(Version(0, 1, 2), REPOSITORY, private=False), small_build, anybody, dry_run=True)
    assert json.loads((planned.candidate / "yanked.json").read_text("utf-8")) == {
        "0.1.1": "the card names a wrong *dose*"
    }
    assert "`v0.1.1`: the card names" in (planned.candidate / "README.md").read_text("utf-8")
    assert (planned.commit, planned.already, head(hub)) == (None, False, before), "a dry run writes nothing"


@pytest.mark.parametrize("fault", ["another file", "no file"])
def test_a_version_that_is_not_what_its_manifest_says_is_not_restored(
    hub: HubAccess, tmp_path: Path, fault: str
) -> None:
    api, name = HfApi(endpoint=hub.endpoint, token=hub.token), f"globmed/{fault.replace(' ', '-')}"
    api.create_repo(name, repo_type=DATASET)
    (tmp_path / "README.md").write_text("# A card\n", "utf-8")
    for version in (FIRST, SECOND):
        files = {"README.md": FileEntry.of(tmp_path / "README.md")}
        if version == FIRST:
            files |= {fault.replace("another file", "README.md"): FileEntry("0" * 64, 9)}
        write_record(tmp_path / MANIFEST, Manifest(str(version), {}, files))
        made = api.upload_folder(repo_id=name, folder_path=tmp_path, repo_type=DATASET)
        api.create_tag(name, tag=version.tag, revision=made.oid, repo_type=DATASET)
    with pytest.raises(UserError, match=r"0\.1\.0: (README\.md|no file) is not what its manifest says: run `globmed"):
        rollback(name, FIRST, "0.1.1 is wrong", hub)
    assert api.dataset_info(name).sha == made.oid


def test_what_is_not_there_and_what_is_no_reason_is_refused(hub: HubAccess) -> None:
    for work in (yank, rollback):
        with pytest.raises(UserError, match=r"has no version 9\.0\.0; it has 0\.1\.0, 0\.1\.1"):
            work(REPOSITORY, Version(9, 0, 0), "why", hub)
        for reason in ("", " ", "two\nlines", "a" * 301, "\x1b[31m"):
            with pytest.raises(UserError, match="expected one line of 1 to 300 characters"):
                work(REPOSITORY, FIRST, reason, hub)
