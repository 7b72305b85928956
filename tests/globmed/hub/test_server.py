"""How the server starts, and when it refuses to."""

import json
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx2 as httpx
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from globmed.errors import UserError
from globmed.hub.process import running
from globmed.hub.server import is_loopback
from globmed.hub.tokens import own_tokens, read_tokens
from tests.conftest import Globmed

TOKEN = "hf_0123456789abcdef"  # noqa: S105


def token_file(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_it_listens_beyond_this_machine_only_with_a_token_file(tmp_path: Path, globmed: Globmed) -> None:
    done = globmed("hub", "serve", "--root", tmp_path / "hub", "--host", "0.0.0.0")
    assert (done.returncode, "--token-file" in done.stderr) == (2, True)
    assert not (tmp_path / "hub").exists()


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_two_servers_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        running(tmp_path),
        pytest.raises(UserError, match=r"`globmed hub serve` .* is using it"),
        running(tmp_path),
    ):
        pass


def test_its_own_token_is_kept_and_is_its_owners_alone(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        pass
    with running(tmp_path) as second:
        assert second.token == first.token
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


def test_a_token_that_may_read_reads_private_repositories_and_writes_none(tmp_path: Path) -> None:
    tokens = token_file(tmp_path / "tokens", f"curator {TOKEN}w  # writes\nreviewer {TOKEN}r read\n")
    with running(tmp_path / "hub", token_file=tokens) as hub:
        HfApi(endpoint=hub.url, token=f"{TOKEN}w").create_repo("globmed/private", repo_type="dataset", private=True)
        reader = HfApi(endpoint=hub.url, token=f"{TOKEN}r")
        assert reader.dataset_info("globmed/private").private
        with pytest.raises(HfHubHTTPError) as error:
            reader.create_tag("globmed/private", tag="v1", repo_type="dataset")
        assert error.value.response.status_code == 403


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        (f"curator {TOKEN}\n", 0o644, "others than its owner can read it"),
        ("curator short\n", 0o600, "line 1: expected"),
        (f"# note\ncurator {TOKEN} owner\n", 0o600, "line 2: expected"),
        ("\n# nobody\n", 0o600, "no token in it"),
        (f"curator {TOKEN} read:\n", 0o600, "line 1: expected"),
        (f"curator {TOKEN} read:a/b/c\n", 0o600, "line 1: expected"),
        ("curator\n", 0o600, "line 1: expected"),
        (f"one {TOKEN}\ntwo {TOKEN}\n", 0o600, "a token occurs twice"),
    ],
)
def test_a_token_file_that_is_not_fit_is_refused_without_showing_it(
    tmp_path: Path, text: str, mode: int, message: str
) -> None:
    with pytest.raises(UserError, match=message) as error:
        read_tokens(token_file(tmp_path / "tokens", text, mode))
    assert TOKEN not in str(error.value)


def test_tokens_are_not_shown(tmp_path: Path) -> None:
    tokens = own_tokens(tmp_path / "token")
    secret = (tmp_path / "token").read_text().split()[1]
    user = tokens.user(f"Bearer {secret}")
    assert user is not None
    assert secret not in repr(user)


STARTED = """
import sys, time
from pathlib import Path
from globmed.hub.process import running
with running(Path(sys.argv[1])) as hub:
    print(hub.process.pid, flush=True)
    time.sleep(60)
"""


def test_it_ends_with_the_process_that_started_it_and_frees_the_folder(tmp_path: Path) -> None:
    """A release that is killed must not leave a server that locks the next run out."""
    with subprocess.Popen([sys.executable, "-c", STARTED, str(tmp_path)], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert int(starter.stdout.readline()) > 0
        starter.kill()
    for _ in range(100):
        try:
            with running(tmp_path):
                return
        except UserError:
            time.sleep(0.1)
    raise AssertionError("the server outlived its starter")


def test_many_tracebacks_do_not_stop_it(tmp_path: Path) -> None:
    """A pipe that nobody reads takes 64 KiB; then the server would wait for ever."""
    with running(tmp_path) as hub:
        with closing(sqlite3.connect(tmp_path / "hub.sqlite")) as database:
            database.execute("ALTER TABLE repository RENAME TO elsewhere")
        statuses = [httpx.get(f"{hub.url}/api/datasets", timeout=10).status_code for _ in range(40)]
    assert set(statuses) == {500}


def test_a_storage_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be a storage folder"), running(tmp_path / "file"):
        pass


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        hub.process.send_signal(signal.SIGINT)
        assert hub.process.wait(20) == 0


def test_storage_of_another_layout_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "hub.sqlite")) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(UserError, match="storage of layout 99"), running(tmp_path):
        pass


def test_unknown_pages_and_broken_requests_are_answers_not_crashes(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        for method, path, expected in (
            ("GET", "/api", 404),
            ("GET", "/api/nothing", 404),
            ("PATCH", "/api/whoami-v2", 405),
            ("GET", "/api/whoami-v2", 401),
            ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
            ("GET", "/datasets/globmed/nothing/resolve/main/%ff%fe", 401),
            ("GET", "/api/datasets?limit=abc", 400),
        ):
            answer = httpx.request(method, hub.url + path)
            assert answer.status_code == expected, (path, answer.text)
            json.loads(answer.content or b"{}")
        wrong = httpx.get(f"{hub.url}/api/whoami-v2", headers={"Authorization": "Basic !!!"})
        assert wrong.status_code == 401
