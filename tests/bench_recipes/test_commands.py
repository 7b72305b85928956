"""``globmed bench`` in a process of its own."""

import json
from pathlib import Path

from tests.bench_recipes.ask import openai_server
from tests.bench_recipes.ask.openai_server import KEY, billed
from tests.conftest import Globmed


def test_the_list_can_be_narrowed(globmed: Globmed) -> None:
    done = globmed("bench", "models", "--json", "--open", "--medical", "--max-size", "10")
    listed = json.loads(done.stdout)
    assert len(listed) > 5
    assert all(model["medical"] and model["provider"] == "hub" and model["size"] <= 10 for model in listed)
    assert "claude" in globmed("bench", "models", "--proprietary").stdout


def test_an_estimate_asks_nothing_and_needs_no_key(globmed: Globmed, hub: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = globmed(
        "bench", "run", "gpt-5", "qwen3-8b", "--version", "0.1.0", "--languages", "en,zu", "--judge", "gpt-4o",
        "--estimate", "--json", "--out", out, HF_ENDPOINT=hub,
    )  # fmt: skip
    guesses = json.loads(done.stdout)
    assert [guess["model"] for guess in guesses] == ["gpt-5", "gpt-4o", "qwen3-8b", "gpt-4o"]
    assert guesses[0]["dollars"] > 0
    assert guesses[2]["dollars"] is None
    assert not out.exists()


def test_two_models_are_run_into_their_folders(globmed: Globmed, hub: str, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    with openai_server.running(log) as url:
        done = globmed(
            "bench", "run", "qwen3-8b", "gpt-4o", "--version", "0.1.0", "--languages", "en", "--tasks", "mcqa",
            "--base-url", url, "--out", out, HF_ENDPOINT=hub, GLOBMED_BENCH_KEY=KEY,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "qwen3-8b" in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["gpt-4o", "qwen3-8b"]
    assert billed(log).total() == 6
    assert not any(KEY in path.read_text(errors="replace") for path in out.rglob("*") if path.is_file())
    assert KEY not in done.stdout + done.stderr


def test_the_tasks_are_written_for_another_harness(globmed: Globmed, hub: str, tmp_path: Path) -> None:
    out = tmp_path / "tasks"
    asked = ("--version", "0.1.0", "--languages", "en,sw", "--shots", "2", "--out", out)
    done = globmed("bench", "lm-eval", *asked, "--json", HF_ENDPOINT=hub)
    assert done.returncode == 0, done.stderr
    written = json.loads(done.stdout)["tasks"]
    assert written == [f"globmed_{name}_{task}" for name in ("english", "swahili") for task in ("mcqa", "yesno", "nli")]
    assert sorted(path.stem for path in out.glob("*.yaml")) == sorted(written)
    refused = globmed("bench", "lm-eval", "--version", "main", "--out", out, HF_ENDPOINT=hub)
    assert refused.returncode == 2
    assert "main" in refused.stderr.splitlines()[-1]


def test_a_fault_of_the_user_is_one_line(globmed: Globmed, hub: str) -> None:
    done = globmed("bench", "run", "gpt-4o", "--version", "0.1.0", HF_ENDPOINT=hub, OPENAI_API_KEY="")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("set OPENAI_API_KEY in the environment")
