"""What an operator does: check, gc, erase; and what the clients then get."""

import json
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError
from typer.testing import CliRunner

from globmed.errors import UserError
from globmed.hub.commands import app
from globmed.hub.operating.check import check
from globmed.hub.operating.erase import Target, erase
from globmed.hub.operating.gc import collect
from globmed.hub.process import RunningHub, running
from globmed.hub.storage.blobs import Blobs
from tests.globmed.hub.conftest import NewRepository

PLAIN, LARGE = "plain.txt", "large.parquet"


def upload(api: HfApi, name: str, **contents: bytes) -> str:
    """Commit a plain and a large file, or either; return the commit."""
    names = {"plain": PLAIN, "large": LARGE}
    operations = [CommitOperationAdd(names.get(path, path), content) for path, content in contents.items()]
    return api.create_commit(name, operations, commit_message="change", repo_type="dataset").oid


def blob(folder: Path, api: HfApi, name: str, path: str, revision: str = "main") -> Path:
    """Return where the server keeps a file."""
    with sqlite3.connect(folder / "hub.sqlite") as database:
        (sha256,) = database.execute(
            "SELECT sha256 FROM entry JOIN line ON line.id = line JOIN repository ON repository.id = repository "
            "WHERE name = ? AND path = ? ORDER BY revision DESC",
            (name, path),
        ).fetchone()
    return Blobs(folder / "blobs").path(sha256)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


DAMAGE: tuple[tuple[Callable[[Path], object], str], ...] = (
    (flip, "damaged"),
    (truncate, "damaged"),
    (Path.unlink, "missing"),
)


@pytest.mark.parametrize(("damage", "fault"), DAMAGE, ids=["flipped", "truncated", "missing"])
@pytest.mark.parametrize("path", [PLAIN, LARGE])
def test_damage_is_named_never_served_and_healed_by_uploading_again(
    folder: Path,
    server: RunningHub,
    api: HfApi,
    new_repository: NewRepository,
    tmp_path: Path,
    damage: Callable[[Path], object],
    fault: str,
    path: str,
) -> None:
    name = new_repository()
    contents = {"plain": f"plain {name}".encode(), "large": f"large {name}".encode() * 1000}
    upload(api, name, **contents)
    api.create_tag(name, tag="v1", repo_type="dataset")
    assert check(folder).sound
    address = f"{server.url}/datasets/{name}/resolve/main/{path}"
    assert httpx.get(address).status_code == 200

    damage(blob(folder, api, name, path))
    for answer in (httpx.get(address), httpx.head(address), httpx.get(address, headers={"Range": "bytes=0-0"})):
        assert answer.status_code == 500
        assert f"is {fault}: upload the file again" in answer.headers["x-error-message"]
    report = check(folder)
    (found,) = report.faults
    assert (found.fault, found.type, found.repository, found.path) == (fault, "dataset", name, path)
    assert set(found.revisions) == {"main", "v1"}
    assert not report.sound

    for file, content in zip((PLAIN, LARGE), contents.values(), strict=True):
        (tmp_path / file).write_bytes(content)
    api.upload_folder(repo_id=name, folder_path=tmp_path, repo_type="dataset")
    assert httpx.get(address).content == (tmp_path / path).read_bytes()
    assert check(folder).sound


def test_a_damaged_card_or_gitattributes_does_not_stand_in_the_way_of_its_repair(
    folder: Path, server: RunningHub, api: HfApi, new_repository: NewRepository
) -> None:
    name = new_repository()
    card = f"---\nlicense: mit\n---\n{name}".encode()
    upload(api, name, **{"README.md": card, ".gitattributes": b"*.big filter=lfs diff=lfs merge=lfs -text\n"})
    for path in ("README.md", ".gitattributes"):
        flip(blob(folder, api, name, path))
    assert api.dataset_info(name).card_data is None
    upload(api, name, **{"README.md": card, ".gitattributes": b"*.big filter=lfs diff=lfs merge=lfs -text\n"})
    assert check(folder).sound
    assert api.dataset_info(name).card_data["license"] == "mit"  # type: ignore[index]


def test_the_command_writes_json_and_ends_with_1_for_damage(
    folder: Path, api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name = new_repository()
    upload(api, name, plain=name.encode())
    where = blob(folder, api, name, PLAIN)
    flip(where)
    done = CliRunner().invoke(app, ["check", "--root", str(folder), "--json"])
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["sound"] is False
    assert [(fault["path"], fault["revisions"]) for fault in report["faults"]] == [(PLAIN, ["main"])]
    assert (
        f"damaged: dataset {name}: {PLAIN} (main; " in CliRunner().invoke(app, ["check", "--root", str(folder)]).stdout
    )
    flip(where)
    assert CliRunner().invoke(app, ["check", "--root", str(folder)]).exit_code == 0
    with pytest.raises(UserError, match="not a Hub's storage"):
        check(tmp_path)


def test_gc_frees_what_no_commit_names_and_nothing_else(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        api = HfApi(endpoint=hub.url, token=hub.token)
        for name in ("her/kept", "her/gone"):
            api.create_repo(name, repo_type="dataset")
            upload(api, name, plain=b"in both", large=name.encode() * 1000)
        upload(api, "her/kept", large=b"newer")
        api.delete_repo("her/gone", repo_type="dataset")
        (tmp_path / "blobs" / "incoming" / "unfinished").write_bytes(b"x")
        with pytest.raises(UserError, match="is using it"):
            collect(tmp_path)
    assert collect(tmp_path, dry_run=True).contents == 1
    freed = collect(tmp_path)
    assert (freed.contents, freed.bytes) == (1, 8000)
    assert collect(tmp_path).contents == 0
    assert [*(tmp_path / "blobs" / "incoming").iterdir()] == []
    assert check(tmp_path).sound
    assert check(tmp_path).unnamed == 0


def test_an_erased_file_is_gone_from_every_version_and_says_why(
    folder: Path, server: RunningHub, api: HfApi, new_repository: NewRepository, tmp_path: Path
) -> None:
    name, other = new_repository(), new_repository()
    contents = [f"{name} {version}".encode() * 100 for version in range(2)]
    first = upload(api, name, large=contents[0], plain=b"stays")
    api.create_tag(name, tag="v1", repo_type="dataset")
    upload(api, name, large=contents[1])
    api.create_commit(
        name, [CommitOperationDelete(LARGE)], commit_message="Remove", repo_type="dataset", revision="main"
    )
    upload(api, other, large=contents[1])
    where = blob(folder, api, other, LARGE)

    done = erase(folder, Target("dataset", name, (LARGE,)), "a patient asked for it")
    assert (done.contents, done.removed, list(done.elsewhere)) == (2, 1, [f"dataset {other}"])
    for revision in ("v1", first):
        answer = httpx.get(f"{server.url}/datasets/{name}/resolve/{revision}/{LARGE}")
        assert answer.status_code == 410
        assert answer.json()["error"].endswith(": a patient asked for it")
        with pytest.raises(EntryNotFoundError, match="a patient asked for it"):
            api.hf_hub_download(name, LARGE, repo_type="dataset", revision=revision, cache_dir=tmp_path)
    assert httpx.get(f"{server.url}/datasets/{name}/resolve/v1/{PLAIN}").content == b"stays"
    for content in contents:
        with pytest.raises(HfHubHTTPError, match="a patient asked for it") as error:
            upload(api, name, large=content)
        assert error.value.response.status_code == 410

    assert httpx.get(f"{server.url}/datasets/{other}/resolve/main/{LARGE}").content == contents[1]
    assert erase(folder, Target("dataset", name, (LARGE,)), "again", everywhere=True).removed == 2
    assert httpx.get(f"{server.url}/datasets/{other}/resolve/main/{LARGE}").status_code == 410
    assert not where.exists()
    assert check(folder).sound, "what was taken down is not missing"
    log = [json.loads(line) for line in (folder / "erased.log").read_text("utf-8").splitlines()]
    assert [(line["repository"], line["why"]) for line in log[-2:]] == [
        (name, "a patient asked for it"),
        (name, "again"),
    ]
    assert stat.S_IMODE((folder / "erased.log").stat().st_mode) == 0o600


def test_an_erased_repository_is_gone_under_all_its_names_tags_or_not(
    folder: Path, server: RunningHub, api: HfApi, anonymous: HfApi, new_repository: NewRepository
) -> None:
    name, private = new_repository(), new_repository(private=True)
    upload(api, name, large=name.encode() * 100)
    where = blob(folder, api, name, LARGE)
    api.create_tag(name, tag="v1", repo_type="dataset")
    api.create_discussion(name, title="Whose data is this?", description="jane-doe-1234", repo_type="dataset")
    api.move_repo(name, f"{name}-moved", repo_type="dataset")
    with pytest.raises(HfHubHTTPError, match=r"globmed hub erase .*-moved --type dataset --why"):
        api.delete_repo(f"{name}-moved", repo_type="dataset")
    erase(folder, Target("dataset", name), "licence withdrawn")
    erase(folder, Target("dataset", private), "withdrawn, too")
    assert not where.exists()
    for known in (name, f"{name}-moved"):
        for attempt in (
            lambda known=known: anonymous.dataset_info(known, revision="v1"),
            lambda known=known: api.create_repo(known, repo_type="dataset"),
            lambda known=known: api.move_repo(new_repository(), known, repo_type="dataset"),
        ):
            with pytest.raises(HfHubHTTPError, match="licence withdrawn") as error:
                attempt()
            assert error.value.response.status_code == 410
    assert httpx.get(f"{server.url}/api/datasets/{private}").status_code == 401, "nobody learns that it was there"
    assert b"jane-doe-1234" not in b"".join(path.read_bytes() for path in folder.glob("hub.sqlite*"))


@pytest.mark.parametrize(
    ("target", "why", "message"),
    [
        (Target("dataset", "globmed/nothing"), "why", "no dataset globmed/nothing"),
        (Target("dataset", "{}", ("nothing.txt",)), "why", "--path nothing.txt"),
        (Target("dataset", "{}", (PLAIN,), "v9"), "why", "--revision v9"),
        (Target("dataset", "{}", (), "main"), "why", "--revision: name the --path"),
        (Target("dataset", "{}"), " ", "--why"),
        (Target("dataset", "{}"), "two\nlines", "--why"),
    ],
)
def test_what_is_not_there_or_has_no_reason_is_not_erased(
    folder: Path, api: HfApi, new_repository: NewRepository, target: Target, why: str, message: str
) -> None:
    name = new_repository()
    upload(api, name, plain=b"text")
    with pytest.raises(UserError, match=message):
        erase(folder, Target(target.type, target.name.format(name), target.paths, target.revision), why)
    assert api.file_exists(name, PLAIN, repo_type="dataset")


def test_a_folder_at_one_revision_is_erased_and_a_dry_run_erases_nothing(
    folder: Path, server: RunningHub, api: HfApi, new_repository: NewRepository
) -> None:
    name = new_repository()
    first = upload(api, name, **{"data/a.txt": b"one" + name.encode(), "data.txt": b"beside"})
    upload(api, name, **{"data/a.txt": b"two"})
    options = ["--root", str(folder), "--path", "data", "--revision", first, "--why", "consent withdrawn"]
    for dry_run in (["--dry-run"], []):
        assert httpx.get(f"{server.url}/datasets/{name}/resolve/{first}/data/a.txt").status_code == 200
        done = CliRunner().invoke(app, ["erase", name, *options, *dry_run])
        assert done.exit_code == 0
        assert f"erase{'' if dry_run else 'd'} 1 contents of {name}; 1 of them" in done.stdout
    statuses = {
        (revision, path): httpx.get(f"{server.url}/datasets/{name}/resolve/{revision}/{path}").status_code
        for revision in (first, "main")
        for path in ("data/a.txt", "data.txt")
    }
    assert [place for place, status in statuses.items() if status != 200] == [(first, "data/a.txt")]
