"""inspect-ai's client behind the recorder, against a real server."""

import time
from pathlib import Path

import pytest

from bench_recipes.ask.asking import Question, Reply, Served, StoppedError, serving
from bench_recipes.models import Model
from tests.bench_recipes.ask import openai_server
from tests.bench_recipes.ask.openai_server import KEY, REFUSAL, Behaviour, billed, impatient

QUESTIONS = [Question(f"Question {number}?\nA. yes\nB. no", 20) for number in range(40)]


def ask(model: Model, url: str, place: Path, key: str = KEY, budget: float | None = None) -> list[Reply]:
    with serving([Served(model, url, key)], place / "answers.sqlite", budget) as (model_is_asked,):
        return model_is_asked(QUESTIONS)


def test_each_answer_is_paid_once_under_limits_and_faults(model: Model, tmp_path: Path) -> None:
    log = tmp_path / "log"
    behaviour = Behaviour(refuse=0.2, filter=0.1, limit=0.15, fail=0.05, retry_after=0.4)
    with openai_server.running(log, behaviour) as url:
        first = ask(model, url, tmp_path)
        assert ask(model, url, tmp_path) == first
    assert billed(log).total() == len(billed(log)) == len(QUESTIONS)
    assert impatient(log) == 0
    assert not any(reply.error for reply in first)
    assert {reply.stop for reply in first} == {"stop", "content_filter"}
    assert {reply.text for reply in first if reply.refused} == {REFUSAL}
    assert {reply.served for reply in first if reply.stop == "stop"} == {"maker/tested-served"}
    assert all(reply.input_tokens and reply.output_tokens for reply in first if reply.stop == "stop")
    assert KEY.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_budget_is_kept_and_more_of_it_goes_on(model: Model, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with openai_server.running(log) as url:
        with pytest.raises(
            StoppedError, match=r"^\$0\.\d+ of the budget of \$0.0020 are spent; with more budget or credit the same"
        ):
            ask(model, url, tmp_path, budget=0.002)
        paid = billed(log).total()
        assert 0 < paid < len(QUESTIONS)
        assert len(ask(model, url, tmp_path, budget=1.0)) == len(QUESTIONS)
    assert billed(log).total() == len(QUESTIONS)


def test_a_refused_key_stops_at_once_and_is_not_told(model: Model, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with openai_server.running(log) as url, pytest.raises(StoppedError, match="refuses the key") as stopped:
        ask(model, url, tmp_path, key="another-key")
    assert "another-key" not in str(stopped.value)
    assert not billed(log)


def test_an_unreachable_server_is_said_soon(model: Model, tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(StoppedError, match=r"requests failed; the last: .*ConnectError"):
        ask(model, "http://127.0.0.1:9/v1", tmp_path)
    assert time.monotonic() - start < 20


def test_one_rejected_prompt_is_an_error_of_its_own(model: Model, tmp_path: Path) -> None:
    with openai_server.running(tmp_path / "log", Behaviour(reject=0.2)) as url:
        replies = ask(model, url, tmp_path)
    failed = [reply for reply in replies if reply.error]
    assert 0 < len(failed) < len(replies) / 2
    assert all(str(reply.error).endswith("this prompt is rejected") for reply in failed)
    assert not any(reply.text for reply in failed)
