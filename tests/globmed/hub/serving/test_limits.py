"""What a server takes from strangers: little, and not for long."""

import http.client
import json
import resource
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import psutil
import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from globmed.errors import UserError
from globmed.hub.errors import HubError
from globmed.hub.process import RunningHub, running
from globmed.hub.server import Access, tls_context
from globmed.hub.serving.hosts import Hosts
from tests.globmed.hub.conftest import NewRepository

ANSWER_SECONDS = 1.0
MIB = 1024 * 1024


def address(hub: RunningHub) -> tuple[str, int]:
    parts = urlsplit(hub.url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def connect(hub: RunningHub, stack: ExitStack) -> socket.socket:
    return stack.enter_context(socket.create_connection(address(hub), timeout=30))


def status(connection: socket.socket) -> int:
    """Return the status of a response of which nothing was read yet."""
    return int(connection.recv(65536).split()[1])


def test_it_answers_others_while_requests_are_left_half_sent_and_strangers_send_large_bodies(
    server: RunningHub, new_repository: NewRepository
) -> None:
    """`benchmarks.publishing.hub_load` is the full size of it: 460 connections, and bodies of 190 MB."""
    name = new_repository()
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\n---\n"
    place = f"/api/datasets/{name}/commit/main"
    lines = [
        {"key": "header", "value": {"summary": "A card that the client would not send"}},
        {"key": "file", "value": {"path": "README.md", "content": bomb}},
    ]
    headers = {"Authorization": f"Bearer {server.token}"}
    made = httpx.post(server.url + place, content="\n".join(map(json.dumps, lines)), headers=headers)
    assert made.status_code == 200
    memory = psutil.Process(server.process.pid).memory_info().rss
    with ExitStack() as stack:
        for number in range(60):
            half = b"GET / HTT" if number % 2 else f"POST {place} HTTP/1.1\r\nHost: localhost\r\nContent-".encode()
            connect(server, stack).sendall(half)
        large = [connect(server, stack) for _ in range(6)]
        for each in large:
            each.sendall(f"POST {place} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {20 * MIB}\r\n\r\n".encode())
            each.sendall(b"{" * MIB)
        assert [status(each) for each in large] == [401] * 6, "before the body was there"
        for each in large:
            each.sendall(b"{" * 4 * MIB)
        started = time.monotonic()
        assert httpx.get(f"{server.url}/api/datasets/{name}").json()["id"] == name
        assert time.monotonic() - started < 20 * ANSWER_SECONDS, "a busy machine is given twenty times the limit"
    assert psutil.Process(server.process.pid).memory_info().rss - memory < 30 * MIB


def test_no_byte_of_a_body_is_asked_for_before_the_caller_is_known(
    server: RunningHub, new_repository: NewRepository
) -> None:
    """A client that waits for `100 Continue` is refused at once; one with a token is asked to go on."""
    name = new_repository()
    for token, expected in ((b"", 401), (f"Authorization: Bearer {server.token}\r\n".encode(), 100)):
        with ExitStack() as stack:
            connection = connect(server, stack)
            connection.sendall(
                f"POST /api/datasets/{name}/commit/main HTTP/1.1\r\nHost: localhost\r\n".encode()
                + token
                + b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
            )
            assert status(connection) == expected


@pytest.mark.parametrize(
    ("path", "size", "token"),
    [
        ("/api/validate-yaml", 2 * MIB, False),
        ("/api/validate-yaml", 20 * MIB, True),
        ("/api/datasets/{}/paths-info/main", 2 * MIB, False),
        ("/api/datasets/{}/commit/main", 20 * MIB, True),
    ],
)
def test_a_body_or_line_that_is_too_large_is_refused(
    server: RunningHub, new_repository: NewRepository, path: str, size: int, token: bool
) -> None:
    headers = {"Authorization": f"Bearer {server.token}"} if token else {}
    answer = httpx.post(server.url + path.format(new_repository()), content=b"x" * size, headers=headers)
    assert answer.status_code == 413


def test_json_that_is_nested_without_end_is_an_answer(server: RunningHub, new_repository: NewRepository) -> None:
    headers = {"Authorization": f"Bearer {server.token}"}
    for path in ("/api/validate-yaml", f"/api/datasets/{new_repository()}/commit/main"):
        assert httpx.post(server.url + path, content=b"[" * 100_000, headers=headers).status_code == 400
    content = json.dumps({"content": f"---\n{'[' * 100_000}\n---\n", "repoType": "dataset"})
    answer = httpx.post(f"{server.url}/api/validate-yaml", content=content)
    assert "nested deeper" in answer.json()["errors"][0]["message"]


def test_many_small_files_in_one_commit_are_not_too_large(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    operations = [CommitOperationAdd(f"{number}.txt", b"%d" % number * 2 * MIB) for number in range(10)]
    api.create_commit(name, operations, commit_message="20 MiB and more", repo_type="dataset")
    assert len(api.list_repo_files(name, repo_type="dataset")) == 11


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path) -> None:
    """A limit on the size of the server's files takes the part of the full disk."""
    with running(tmp_path) as hub:
        api = HfApi(endpoint=hub.url, token=hub.token)
        api.create_repo("her/things", repo_type="dataset")
        resource.prlimit(hub.process.pid, resource.RLIMIT_FSIZE, (200_000, 200_000))
        with pytest.raises(Exception, match="disk is full") as error:
            api.upload_file(
                path_or_fileobj=b"x" * 300_000, path_in_repo="a.txt", repo_id="her/things", repo_type="dataset"
            )
        assert error.value.response.status_code == 507  # type: ignore[attr-defined]
        assert api.list_repo_files("her/things", repo_type="dataset") == [".gitattributes"]
        assert [*(tmp_path / "blobs" / "incoming").iterdir()] == []


@pytest.mark.parametrize(
    ("host", "loopback", "status"),
    [
        ("localhost", True, None),
        ("localhost:8734", True, None),
        ("127.0.0.1:1", True, None),
        ("[::1]:8734", True, None),
        ("10.0.0.7:8734", True, 421),
        ("evil.example", True, 421),
        ("localhost.evil.example", True, 421),
        ("10.0.0.7:8734", False, None),
        ("hub.example.", False, None),
        ("HUB.example:443", False, None),
        ("evil.example", False, 421),
        ("", True, 400),
        ("a b", True, 400),
        ("localhost:x", True, 400),
        ("localhost/..", False, 400),
    ],
)
def test_it_answers_to_its_own_names(host: str, loopback: bool, status: int | None) -> None:
    hosts = Hosts(["hub.example"] if not loopback else [], loopback=loopback)
    if status is None:
        hosts.check(host)
        return
    with pytest.raises(HubError) as error:
        hosts.check(host)
    assert error.value.status == status


def test_a_page_of_another_name_reads_nothing(server: RunningHub) -> None:
    answer = httpx.get(f"{server.url}/api/datasets", headers={"Host": "evil.example"})
    assert (answer.status_code, "--name evil.example" in answer.json()["error"]) == (421, True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "hub.pem", folder / "hub.key"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run([*made, *subject, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    yield certificate, key


def test_it_speaks_tls_with_a_certificate(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    with running(tmp_path, options=["--certificate", str(certificate[0]), "--key", str(certificate[1])]) as hub:
        assert hub.url.startswith("https://127.0.0.1:")
        context = ssl.create_default_context(cafile=certificate[0])
        made = httpx.post(
            f"{hub.url}/api/repos/create",
            json={"name": "things", "type": "dataset"},
            headers={"Authorization": f"Bearer {hub.token}"},
            verify=context,
        )
        assert made.json()["url"] == f"{hub.url}/datasets/globmed/things"
        with closing(http.client.HTTPConnection(*address(hub), timeout=10)) as plain:
            plain.request("GET", "/api/datasets")
            with pytest.raises((http.client.HTTPException, ConnectionError)):
                plain.getresponse()


def test_tls_files_that_are_not_fit_are_told(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    given = {"certificate": certificate[0], "key": certificate[1]}
    for wrong, message in (
        ({"key": None}, "belong together"),
        ({"certificate": None}, "belong together"),
        ({"key": tmp_path / "nothing"}, "No such file"),
        ({"certificate": tmp_path / "no.pem"}, "not PEM"),
    ):
        with pytest.raises(UserError, match=message):
            tls_context(Access(**(given | wrong)))
