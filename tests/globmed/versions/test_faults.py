"""A Hub that cannot be reached, refuses, or is none: one line, and nobody asks it again and again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx2 import ConnectError

from builders.release.hub.repository import HubRepository, open_repository
from builders.release.hub.versions import list_versions
from builders.release.withdraw import rollback, yank
from globmed.errors import UserError
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.faults import hub_errors, hub_fault
from globmed.versions.load import load
from globmed.versions.numbers import Version
from globmed.versions.published import resolve
from tests.conftest import Globmed
from tests.support.clients import run_client
from tests.support.strange_hub import PAGE, StrangeHub, silent_hub, strange_hub

#: More than a line of talk needs, and fewer than the client's six tries.
FEW = 4
V1 = Version(0, 1, 0)
JSON = "application/json"
TOKEN = "hf_0123456789abcdef"  # noqa: S105
ANSWERS = {
    "answered 401 to .*: no right; set HF_TOKEN": StrangeHub(401, '{"error": "no right"}', JSON),
    "answered 403 to .*: no right; the token may not do that": StrangeHub(403, '{"error": "no right"}', JSON),
    "answered 404 to .*: nothing here; check the name": StrangeHub(404, '{"error": "nothing here"}', JSON),
    "answered 429 to .*; these were too many requests": StrangeHub(429, "{}", JSON, {"Retry-After": "600"}),
    "answered 500 to [^<]*; that is the server's own fault": StrangeHub(500, PAGE),
    "answered 503 to [^<]*; that is the server's own fault": StrangeHub(503, PAGE),
    "does not answer as a Hub does": StrangeHub(200, PAGE),
    "does not answer as a Hub does: ": StrangeHub(200, "[]", JSON),
    "does not answer as a Hub does: check": StrangeHub(200, "{}", JSON),
}


def repository(call: Callable[[HubRepository], object]) -> Callable[[str], object]:
    def run(url: str) -> None:
        with open_repository(REPOSITORY, HubAccess(url, TOKEN)) as opened:
            call(opened)

    return run


CALLS: dict[str, Callable[[str], object]] = {
    "resolve": lambda url: resolve("0.1.0", endpoint=url),
    "resolve a commit": lambda url: resolve("0" * 40, endpoint=url),
    "versions": repository(list_versions),
    "a commit": repository(lambda opened: opened.manifest("0" * 40)),
    "access": repository(lambda opened: opened.check_access(private=False)),
    "yank": lambda url: yank(REPOSITORY, V1, "wrong", HubAccess(url, TOKEN)),
    "rollback": lambda url: rollback(REPOSITORY, V1, "wrong", HubAccess(url, TOKEN)),
}

#: What begins with a request for a file's headers.
HEADERS = ("resolve", "resolve a commit", "a commit")


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's settings, which it reads at its import: nothing that another test loaded is at hand."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_TOKEN", TOKEN)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("expected", ANSWERS)
def test_every_wrong_answer_is_one_line_and_soon(expected: str, call: str) -> None:
    answer = ANSWERS[expected]
    # The answer to a HEAD request has no body that could say why.
    expected = re.sub(r"\.\*: [^;]*", ".*", expected) if call in HEADERS else expected
    with strange_hub(answer) as hub, pytest.raises(UserError, match=expected) as caught:
        answer.asked.clear()
        CALLS[call](hub.url)
    assert len(str(caught.value).splitlines()) == 1
    assert TOKEN not in str(caught.value)
    assert 1 <= len(answer.asked) <= FEW, answer.asked


@pytest.mark.parametrize("call", CALLS)
def test_a_hub_that_cannot_be_reached_is_asked_once(call: str) -> None:
    expected = r"http://127\.0\.0\.1:\d+ cannot be reached \(.+\): check address and network, and run the same command"
    with silent_hub(StrangeHub()) as hub:
        with pytest.raises(UserError, match=expected):
            CALLS[call](hub.url)
        assert len(hub.asked) == 1
    with pytest.raises(UserError, match=expected):
        CALLS[call]("http://127.0.0.1:9")


def test_what_can_be_known_without_the_hub_is_said_before_it_is_asked() -> None:
    with strange_hub(StrangeHub()) as hub:
        for config, version, name, message in (
            ("swahilli", "0.1.0", REPOSITORY, r"unknown language 'swahilli'.*did you mean swahili\?"),
            ("swahili", "main", REPOSITORY, r"expected MAJOR\.MINOR\.PATCH"),
            ("swahili", "0.1.0", "a b", "repository 'a b': expected owner/name"),
        ):
            with pytest.raises(UserError, match=message):
                load(config, version, name, hub.url)
        assert not hub.asked


def test_what_is_no_fault_of_a_hubs_stays_what_it_is() -> None:
    for error in (ValueError("mine"), KeyError("mine"), RuntimeError("mine"), UserError("mine")):
        assert isinstance(error, UserError) or hub_fault(error) is None
        with pytest.raises(type(error), match="mine"), hub_errors("what"):
            raise error


@pytest.mark.parametrize("named", [True, False])
def test_an_error_that_a_library_made_of_one_of_the_clients_is_told_by_that(named: bool) -> None:
    from huggingface_hub import get_session

    with (
        silent_hub(StrangeHub()) as hub,
        pytest.raises(UserError, match=r"^what: http://127.* cannot be reached"),
        hub_errors("what"),
    ):
        try:
            get_session().get(hub.url)
        except Exception as error:
            made = OSError("We couldn't connect to the Hub.\nCheck your internet connection or see ...")
            if named:
                raise made from error
            raise made  # noqa: B904 -- as libraries do


def test_an_error_without_a_request_is_the_hubs() -> None:
    assert str(hub_fault(ConnectError("refused"))).startswith("the Hub cannot be reached (refused)")


#: Whoever wants a model of the Hub that the environment names.
MODELS = """
import json
from bench_recipes.ask.weights import weights
from bench_recipes.models import HUB, Model
from builders.translate.packages.convert import open_checkpoint
from globmed.errors import UserError
from train_recipes.load_back import load_back
from train_recipes.runs import settle
from trl import ModelConfig, SFTConfig
from validation.signals.evidence.comet import find_model
name, said = "maker/model", []
for call in (
    lambda: weights(Model("model", HUB, name)),
    lambda: weights(Model("model", HUB, name, revision="0" * 40)),
    lambda: open_checkpoint(f"{name}@{'0' * 40}"),
    lambda: find_model(name),
    lambda: load_back(name, "v0.1.0"),
    lambda: settle(SFTConfig(use_cpu=True, bf16=False), ModelConfig(model_name_or_path=name)),
):
    try:
        call()
        said.append("")
    except UserError as error:
        said.append(str(error))
print(json.dumps(said))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (StrangeHub(401, "{}", JSON), "answered 401 to .*; set HF_TOKEN"),
        (None, "cannot be reached"),
    ],
)
def test_every_model_that_no_hub_gives_is_one_line(tmp_path: Path, answer: StrangeHub | None, expected: str) -> None:
    with strange_hub(answer) if answer else silent_hub(StrangeHub()) as hub:
        lines = run_client(HubAccess(hub.url, TOKEN), tmp_path, MODELS)
        for line in lines:
            assert re.search(expected, line)
            assert len(line.splitlines()) == 1
        assert len(hub.asked) <= 2 * len(lines), hub.asked


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("load", "swahilli", "--version", "0.1.0"), r"did you mean swahili\?$"),
        (("load", "swahili", "--version", "0.1.0"), "does not answer as a Hub does"),
        (("bench", "run", "qwen3-4b", "--version", "0.1.0"), "does not answer as a Hub does"),
        (("versions", "--hub", "{url}"), "does not answer as a Hub does"),
    ],
)
def test_a_command_says_it_in_one_line(globmed: Globmed, command: tuple[str, ...], expected: str) -> None:
    with strange_hub(StrangeHub()) as hub:
        done = globmed(*(word.format(url=hub.url) for word in command), HF_ENDPOINT=hub.url)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert re.search(expected, line)
