"""What the tests of huggingface_hub take from a ``conftest.py``, which its sdist lacks; written for them here."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from huggingface_hub import HfApi, RepoUrl, constants

RepoFactory = Callable[..., RepoUrl]
#: Our Hub, which `_point_at` of the command has put in the place of the staging server.
ENDPOINT = os.environ["HF_ENDPOINT"]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a cache of its own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setattr(constants, "HF_HOME", str(home))
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.setattr(constants, name, str(home / "hub"))
    monkeypatch.setattr(constants, "HF_XET_CACHE", str(home / "xet"))
    monkeypatch.setattr(constants, "HF_ASSETS_CACHE", str(home / "assets"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(home / "stored_tokens"))


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands print for nobody in particular."""
    from huggingface_hub.utils import _auth, _detect_agent

    monkeypatch.setattr(_auth, "_OAUTH_REFRESH_CACHE", None)
    monkeypatch.setattr(_auth, "_OAUTH_REFRESH_WARNED", False)
    monkeypatch.setattr(_detect_agent, "_registry", _detect_agent._EMPTY_REGISTRY)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_EXPERIMENTAL_WARNING", True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture(autouse=True)
def marks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Do what the suite's marks ask for."""
    if request.node.get_closest_marker("git_lfs"):
        pytest.skip("needs git-lfs")
    if request.node.get_closest_marker("no_xet"):
        pytest.skip("hf_xet is installed")
    if request.node.get_closest_marker("xet"):
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
        monkeypatch.delenv("HF_HUB_DISABLE_XET", raising=False)
    with ExitStack() as stack:
        for mark in request.node.iter_markers("deprecated"):
            for name in mark.args:
                stack.enter_context(pytest.warns(FutureWarning, match=f".*'{name}'.*"))
        yield


@pytest.fixture(scope="session")
def api() -> HfApi:
    """A client as the first user."""
    constants_of_tests = (Path(__file__).parent / "testing_constants.py").read_text("utf-8")
    known: dict[str, Any] = {}
    exec(constants_of_tests, known)  # noqa: S102 -- the suite that is run
    return HfApi(endpoint=ENDPOINT, token=known["TOKEN"])


@pytest.fixture
def new_repo_id(api: HfApi) -> Iterator[str]:
    """Name a repository that the test makes; it goes with the test."""
    name = f"{api.whoami()['name']}/repository-{uuid4().hex[:12]}"
    yield name
    with suppress(Exception):
        api.delete_repo(name)


@pytest.fixture(scope="session")
def api_prod() -> HfApi:
    """A client of the public Hub; tests with it are left out."""
    return HfApi(endpoint="https://huggingface.co")


@pytest.fixture
def repo_factory(api: HfApi) -> Iterator[RepoFactory]:
    """Make repositories that go with the test."""
    made: list[tuple[RepoUrl, Any]] = []

    def make(repo_type: str = "model", repo_id: str | None = None, **options: Any) -> RepoUrl:
        if repo_type == "space":
            options.setdefault("space_sdk", "gradio")
        url = api.create_repo(repo_id or f"{repo_type}-{uuid4().hex[:12]}", repo_type=repo_type, **options)
        made.append((url, options.get("token")))
        return url

    yield make
    for url, token in made:
        with suppress(Exception):
            api.delete_repo(url.repo_id, repo_type=url.repo_type, token=token)
