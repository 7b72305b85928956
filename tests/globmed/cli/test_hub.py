"""The Hub of a command: the one that is named, that of HF_ENDPOINT, or the project's own, joined if it is running."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from globmed.cli.hub import LOCAL, choose_hub, hub_access, read_access
from globmed.cli.options import PROJECT_HUB
from globmed.errors import UserError
from globmed.hub.serving.joining import SERVER_FILE, announced, serving
from globmed.hub.tokens import own_tokens
from globmed.storage.lock import locked
from globmed.versions.client import client_token
from tests.support.holding import held

ELSEWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The storage of a server that runs by itself, as `globmed hub serve` does."""
    root = tmp_path_factory.mktemp("served") / "hub"
    command = [sys.executable, "-m", "globmed", "hub", "serve", "--root", str(root), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as hub:
        assert hub.stdout is not None
        assert hub.stdout.readline().startswith("http")
        yield root
        hub.terminate()
    assert serving(root) is None


@pytest.mark.parametrize(
    ("hub", "endpoint", "root", "expected"),
    [
        (None, None, PROJECT_HUB, LOCAL),
        (None, "", PROJECT_HUB, LOCAL),
        (None, ELSEWHERE, PROJECT_HUB, ELSEWHERE),
        (None, ELSEWHERE, Path("other"), LOCAL),
        ("local", ELSEWHERE, PROJECT_HUB, LOCAL),
        ("https://huggingface.co", ELSEWHERE, PROJECT_HUB, "https://huggingface.co"),
    ],
)
def test_the_named_hub_is_used_then_the_one_of_the_environment_then_the_local_one(
    hub: str | None, endpoint: str | None, root: Path, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    if endpoint is not None:
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert choose_hub(hub, root) == expected


def test_a_running_server_is_joined(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from builders.release.hub.repository import open_repository
    from builders.release.hub.versions import list_versions

    assert stat.S_IMODE((served / SERVER_FILE).stat().st_mode) == 0o600
    with hub_access(LOCAL, served) as access, open_repository("globmed/GlobMed", access) as there:
        assert list_versions(there) == []
        there.api.create_repo("globmed/joined", repo_type="dataset")
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"Hub: {access.endpoint}, which serves {served}"
    assert serving(served) is not None, "it goes on after the command"


def test_its_address_alone_is_enough(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As README has it: HF_ENDPOINT is exported, and nothing else."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    here = serving(served)
    assert here is not None
    with hub_access(here.url, served) as access:
        assert access.token == (client_token() or here.token)
    with hub_access(ELSEWHERE, served) as access:
        assert access.token == client_token(), "another server is not shown this one's token"


@pytest.mark.parametrize("command", [("versions",), ("verify", "0.1.0")])
def test_commands_join_it(served: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    from globmed.cli.main import application

    with pytest.raises((SystemExit, UserError)) as ended:
        application()([*command, "--hub-root", str(served)])
    said = capsys.readouterr()
    assert f", which serves {served}" in said.err
    assert "is using it" not in f"{said}{ended.value}"


def test_an_address_that_another_process_left_is_not_taken(tmp_path: Path) -> None:
    own_tokens(tmp_path / "token")
    with announced(tmp_path, ELSEWHERE, tmp_path / "token"):
        assert serving(tmp_path) is None, "nobody holds the folder: the server was killed"
        with held(tmp_path):
            assert serving(tmp_path) is None, "somebody else holds it"
    (tmp_path / SERVER_FILE).write_text(json.dumps({"url": ELSEWHERE, "pid": "1"}), "utf-8")
    assert serving(tmp_path) is None
    assert serving(tmp_path / "nowhere") is None
    with locked(tmp_path):
        assert serving(tmp_path) is None


def test_a_token_that_others_may_read_is_not_used(served: Path) -> None:
    token = served / "token"
    token.chmod(0o644)
    try:
        with pytest.raises(UserError, match="others than its owner can read it; run `chmod 600"):
            serving(served)
    finally:
        token.chmod(0o600)


def test_a_reader_without_a_named_hub_has_that_of_the_client() -> None:
    with read_access(None, PROJECT_HUB) as place:
        assert (place.endpoint, place.token) == (None, None)


def test_a_reader_joins_the_local_hub(served: Path) -> None:
    with read_access("local", served) as named, read_access(None, served) as by_root:
        assert named == by_root
        found = serving(served)
        assert found is not None
        assert (named.endpoint, named.token) == (found.url, found.token)
