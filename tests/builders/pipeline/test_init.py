"""`globmed pipeline init`: what it writes, what it leaves alone, and whether others' programs accept it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from builders.pipeline.init import MADE, OWN, SCRIPT, Settings, init
from globmed.errors import UserError
from tests.conftest import Globmed

SETTINGS = Settings("clinic/triage", "https://hub.example.org", ("english", "swahili"), ("medqa",))
WORKFLOWS = ("check", "watch", "release")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    init(tmp_path / "repository", SETTINGS, ("medqa",))
    return tmp_path / "repository"


def program(name: str) -> str:
    """Return a program of this environment, or of the path."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if found is None:
        pytest.skip(
            f"no {name} here: `make .venv/dev` installs those that PyPI has, actionlint is a program of its own"
        )
    return found


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def workflow(folder: Path, name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((folder / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))
    return found


def steps(made: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in made["jobs"].values() for step in job.get("steps", [])]


def test_every_file_is_written_with_the_settings(repository: Path) -> None:
    made = contents(repository)
    assert made.keys() == {*MADE.values(), *OWN.values()}
    assert [name for name, text in made.items() if re.search(rb"@[A-Z]+@", text)] == []
    assert os.access(repository / SCRIPT, os.X_OK)
    asked = '. ./settings.sh; echo "$REPOSITORY|$HUB|$LANGUAGES|$FETCH|$PRIVATE"'
    said = subprocess.check_output([program("bash"), "-euc", asked], cwd=repository, env={"FETCH": "headqa"}, text=True)
    assert said == "clinic/triage|https://hub.example.org|english,swahili|headqa|\n"
    assert made[".gitignore"].decode().split() == ["/build/", "/sources/medqa/"]


def test_again_changes_nothing_and_the_users_own_files_stay(repository: Path) -> None:
    (repository / "settings.sh").write_text("REPOSITORY=clinic/other\n", "utf-8")
    before = contents(repository)
    again = init(repository, SETTINGS, force=True)
    assert (again.written, again.kept) == ([], ["settings.sh", ".gitignore"])
    assert contents(repository) == before


def test_files_that_differ_are_named_and_nothing_is_written(repository: Path) -> None:
    for name in (SCRIPT, ".github/workflows/watch.yml"):
        (repository / name).write_text("# mine\n", "utf-8")
    (repository / "kubernetes" / "cronjob.yaml").unlink()
    before = contents(repository)
    with pytest.raises(UserError, match=r"pipeline\.sh, \.github/workflows/watch\.yml differ .* --force"):
        init(repository, SETTINGS)
    assert contents(repository) == before
    written = init(repository, SETTINGS, force=True).written
    assert written == [SCRIPT, ".github/workflows/watch.yml", "kubernetes/cronjob.yaml"]
    assert b"mine" not in (repository / SCRIPT).read_bytes()
    (repository / SCRIPT).unlink()
    (repository / SCRIPT).mkdir()
    with pytest.raises(UserError, match=r"pipeline\.sh is a folder"):
        init(repository, SETTINGS, force=True)


def test_the_command_writes_and_refuses_what_a_shell_would_read(globmed: Globmed, tmp_path: Path) -> None:
    there = tmp_path / "there"
    words = ("pipeline", "init", there, "--repository", "clinic/triage", "--languages", "sw", "--fetch", "medqa")
    done = globmed(*words, "--json")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)["written"]) == contents(there).keys()
    assert '"${HUB=https://huggingface.co}"' in (there / "settings.sh").read_text("utf-8")
    refused = globmed(*words[:2], tmp_path / "bad", *words[3:5], "--hub", "http://a/$(id)")
    assert (refused.returncode, "no characters that a shell reads" in refused.stderr) == (2, True)
    assert not (tmp_path / "bad").exists()


def test_the_script_has_no_fault_that_shellcheck_knows(repository: Path) -> None:
    files = [repository / name for name in (SCRIPT, "settings.sh")]
    done = subprocess.run([program("shellcheck"), *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_workflows_are_as_the_schema_of_github_has_them(repository: Path) -> None:
    files = [repository / ".github" / "workflows" / f"{name}.yml" for name in WORKFLOWS]
    checks = [program("check-jsonschema"), "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*checks, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    broken = workflow(repository, "check")
    del broken["jobs"]["check"]["runs-on"]
    files[0].write_text(yaml.safe_dump(broken), "utf-8")
    assert subprocess.run([*checks, files[0]], capture_output=True).returncode == 1


def test_actionlint_finds_nothing(repository: Path) -> None:
    # It looks for the root of a Git repository.
    (repository / ".git").mkdir()
    done = subprocess.run([program("actionlint"), "-no-color"], cwd=repository, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_pinned_may_little_and_only_calls_the_script(repository: Path, name: str) -> None:
    made = workflow(repository, name)
    used = [step["uses"] for step in steps(made) if "uses" in step]
    assert used
    assert [each for each in used if not re.fullmatch(r"actions/[a-z-]+(/[a-z]+)?@[0-9a-f]{40}", each)] == []
    assert made["permissions"] == {"contents": "read"}
    writing = {name: job.get("permissions", {}) for name, job in made["jobs"].items()}
    assert {name: may for name, may in writing.items() if may} == (
        {"watch": {"contents": "read", "issues": "write"}} if name == "watch" else {}
    )
    run = [step["run"] for step in steps(made) if "run" in step]
    assert [each for each in run if not each.startswith("./pipeline.sh ")] == (
        ['cat build/watch/result >> "$GITHUB_OUTPUT"'] if name == "watch" else []
    )
    # An expression in a script is code of whoever fills it in.
    assert [each for each in run if "${{" in each] == []


def test_only_the_approved_job_has_the_token_that_may_write(repository: Path) -> None:
    with_token = {
        name: [
            job for job, body in workflow(repository, name)["jobs"].items() if "secrets.HF_TOKEN" in json.dumps(body)
        ]
        for name in WORKFLOWS
    }
    assert with_token == {"check": [], "watch": [], "release": ["release"]}
    assert workflow(repository, "release")["jobs"]["release"]["environment"] == "release"
    release = workflow(repository, "watch")["jobs"]["release"]
    assert (release["needs"], release["if"]) == ("watch", "needs.watch.outputs.changed == 'true'")


def test_kubernetes_runs_the_same_steps_without_more_rights(repository: Path) -> None:
    text = (repository / "kubernetes" / "cronjob.yaml").read_text("utf-8")
    jobs = {part["metadata"]["name"]: part["spec"] for part in yaml.safe_load_all(text) if part["kind"] == "CronJob"}
    assert {name: job.get("suspend", False) for name, job in jobs.items()} == {
        "clinic-triage-watch": False,
        "clinic-triage-release": True,
    }
    for name, job in jobs.items():
        pod = job["jobTemplate"]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        ran = re.findall(r"\./pipeline\.sh (\w+)", container["args"][0])
        assert ran == ["install", name.removeprefix("clinic-triage-")]
        assert subprocess.run([program("bash"), "-n", "-c", container["args"][0]]).returncode == 0
        rights = container["securityContext"]
        assert (rights["allowPrivilegeEscalation"], rights["readOnlyRootFilesystem"]) == (False, True)
        assert (pod["automountServiceAccountToken"], pod["securityContext"]["runAsNonRoot"]) == (False, True)
        (token,) = [each for each in container["env"] if each["name"] == "HF_TOKEN"]
        assert token["valueFrom"]["secretKeyRef"]["name"] == name.replace("-watch", "-read")
