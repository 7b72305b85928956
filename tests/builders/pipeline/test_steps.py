"""The steps of `pipeline.sh`, in a dataset repository that `globmed pipeline init` made, against a local Hub."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from huggingface_hub import HfApi

from builders.pipeline.init import Settings, init
from globmed.hub.process import running
from globmed.versions.client import DATASET, HubAccess
from tests.builders.pipeline.program import globmed_on_path
from tests.conftest import SAMPLE
from tests.globmed.versions.keys import private_pem, public_pem

REPOSITORY, CARDS = "clinic/triage", "clinic/cards"
#: A package with a source whose cards a publisher has on the Hub, without a pinned revision.
PLUGIN = '''
"""Triage cards: can the patient wait? JSON Lines with ``id``, ``question`` and ``wait`` (yes or no)."""

from builders.sources.layouts.answers import word
from builders.sources.places import Place
from builders.sources.source import Content, Source, Text, hashed_split, stable_id


def _parse(source, folder):
    for record in folder.records("cards.jsonl", folder.json_lines("cards.jsonl")):
        record_id = stable_id(record.text("id"))
        split = hashed_split(source.name, record_id, train=80, validation=10)
        content = Content(question=record.text("question"), answer=word(record.text("wait")))
        yield source.part("cards.jsonl").in_split(split).outcome(record.where, record_id, content)


TRIAGE = Source(
    name="triage",
    title="Triage cards",
    task="yesno",
    upstream="clinic/cards",
    revision=None,
    folder="triage",
    licence="CC0-1.0",
    publish="public",
    publish_reason="we wrote the cards",
    citation="@misc{triage, title = {Triage cards}, author = {{Example Clinic}}, year = {2026}}",
    languages={"en": Text("original")},
    parser=_parse,
    place=Place("hub", "clinic/cards", None, ("cards.jsonl",)),
)
'''
FIRST_CARDS = [
    {"id": "1", "question": "A sprained finger after a game of handball: can it wait?", "wait": "yes"},
    {"id": "2", "question": "Nobody can wake the child since breakfast: can it wait?", "wait": "no"},
    {"id": "3", "question": "An old scar on the knee has become pale: can it wait?", "wait": "yes"},
]
MORE_CARDS = [*FIRST_CARDS, {"id": "4", "question": "The lips are blue after a bee sting: can it wait?", "wait": "no"}]
#: GitHub's program is not here: this notes what it is asked, and lists the issue that is open, if one is.
GH = """#!/bin/sh
echo "$*" >> "$NOTED"
if [ "$1 $2" = "issue list" ]; then cat "$OPEN"; fi
"""


@dataclass(frozen=True)
class Repository:
    """A dataset repository, and the environment that its script runs in."""

    folder: Path
    environment: dict[str, str]

    def step(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a step of the script."""
        command = [str(self.folder / "pipeline.sh"), *words]
        return subprocess.run(command, env=self.environment | more, capture_output=True, text=True)

    def text(self, path: str) -> str:
        """Read a file of the repository."""
        return (self.folder / path).read_text("utf-8")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubAccess]:
    with running(tmp_path / "hub") as server:
        yield HubAccess(server.url, server.token)


@pytest.fixture
def repository(tmp_path: Path, hub: HubAccess) -> Iterator[Repository]:
    """An empty repository with the sample as a source of its own, and cards that it fetches."""
    folder = tmp_path / "repository"
    init(folder, Settings(REPOSITORY, hub.endpoint, ("english", "swahili"), ("triage",)), ("triage",))
    (folder / "sources" / "sample").mkdir(parents=True)
    shutil.copy(SAMPLE / "items.jsonl", folder / "sources" / "sample")
    (folder / "memory").mkdir()
    shutil.copy(SAMPLE / "tmx" / "en-sw.tmx", folder / "memory")
    (folder / "glossaries").mkdir()
    (folder / "glossaries" / "swahili.csv").write_text("source,target\nfever,homa\n", "utf-8")
    packages = plugin(tmp_path / "packages")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    with tempfile.TemporaryDirectory() as place, globmed_on_path(Path(place)) as programs:
        path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**hub.environment(tmp_path / "hf-home"), "PATH": path, "PYTHONPATH": str(packages)}
        yield Repository(folder, kept | environment)


def plugin(folder: Path) -> Path:
    """Install the package with the source into a folder."""
    described = folder / "clinic_triage-1.0.dist-info"
    described.mkdir(parents=True)
    (folder / "clinic_triage.py").write_text(PLUGIN, "utf-8")
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: clinic-triage\nVersion: 1.0\n", "utf-8")
    (described / "entry_points.txt").write_text("[globmed.sources]\ntriage = clinic_triage:TRIAGE\n", "utf-8")
    return folder


def publish(hub: HubAccess, cards: Sequence[object]) -> None:
    """Publish a revision of the cards."""
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    api.create_repo(CARDS, repo_type=DATASET, exist_ok=True)
    text = "".join(json.dumps(card) + "\n" for card in cards).encode()
    api.upload_file(path_or_fileobj=text, path_in_repo="cards.jsonl", repo_id=CARDS, repo_type=DATASET)


def test_a_step_that_is_none_is_told_which_there_are(tmp_path: Path) -> None:
    init(tmp_path, Settings(REPOSITORY, "https://hub.example.org"))
    done = subprocess.run([tmp_path / "pipeline.sh", "relase"], capture_output=True, text=True)
    assert (done.returncode, "release [VERSION]" in done.stderr) == (2, True)


@pytest.mark.slow
def test_the_steps_lead_from_a_pull_request_to_a_release_and_tell_what_came_after(
    repository: Repository, hub: HubAccess
) -> None:
    publish(hub, FIRST_CARDS)
    wrong = repository.folder / "glossaries" / "klingon.csv"
    wrong.write_text("source,target\nfever,tuj\n", "utf-8")
    refused = repository.step("check", FETCH="")
    assert (refused.returncode, "unknown language 'klingon'" in refused.stderr) == (2, True)
    wrong.unlink()
    checked = repository.step("check")
    assert checked.returncode == 0, checked.stderr

    seen = repository.step("watch")
    assert seen.returncode == 0, seen.stderr
    assert repository.text("build/watch/result") == "version=0.1.0\nchanged=true\nnewer=false\n"
    assert "The first version." in repository.text("build/watch/report.md")

    key = Ed25519PrivateKey.generate()
    (repository.folder / "signing.pub").write_bytes(public_pem(key))
    released = repository.step("release", "0.1.0", GLOBMED_SIGNING_KEY=private_pem(key))
    assert released.returncode == 0, released.stderr
    assert "0.1.0 is whole" in released.stdout
    assert "signed with signing.pub" in released.stdout
    refs = HfApi(endpoint=hub.endpoint, token=hub.token).list_repo_refs(REPOSITORY, repo_type=DATASET)
    assert [tag.name for tag in refs.tags] == ["v0.1.0"]

    publish(hub, MORE_CARDS)
    seen = repository.step("watch", RUN_URL="https://ci.example.org/run/7")
    assert seen.returncode == 0, seen.stderr
    assert repository.text("build/watch/result") == "version=0.1.1\nchanged=false\nnewer=true\n"
    report = repository.text("build/watch/report.md")
    assert "No row differs." in report
    assert "| triage | en | 1 | 0 | 0 | 0 |" in report
    assert "[the run](https://ci.example.org/run/7)" in report


def test_an_issue_is_opened_once_and_then_kept_up_to_date(repository: Repository, tmp_path: Path) -> None:
    (gh := tmp_path / "bin" / "gh").parent.mkdir()
    gh.write_text(GH, "utf-8")
    gh.chmod(0o755)
    noted, opened, watch = tmp_path / "noted", tmp_path / "open", repository.folder / "build" / "watch"
    watch.mkdir(parents=True)
    (watch / "report.md").write_text("# Candidate\n" + "row\n" * 20_000, "utf-8")
    path = os.pathsep.join([str(gh.parent), repository.environment["PATH"]])

    def asked(result: str, number: str = "") -> list[str]:
        (watch / "result").write_text(result, "utf-8")
        opened.write_text(number, "utf-8")
        noted.write_text("", "utf-8")
        done = repository.step("issue", PATH=path, NOTED=str(noted), OPEN=str(opened))
        assert done.returncode == 0, done.stderr
        return [" ".join(line.split()[:3]) for line in noted.read_text("utf-8").splitlines()]

    begun = ["label create candidate", "issue list --label"]
    assert asked("version=0.1.1\nchanged=false\nnewer=false\n") == []
    assert asked("version=0.1.1\nchanged=false\nnewer=true\n") == [*begun, "issue create --label"]
    assert asked("version=1.0.0\nchanged=true\nnewer=false\n", "7") == [*begun, "issue edit 7"]
    assert (watch / "issue.md").stat().st_size == 60_000
