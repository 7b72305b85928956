"""Servers that answer with status 200 and something else than an answer: inspect-ai's client, behind the recorder."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from bench_recipes.ask.answers import Answer, opened
from bench_recipes.ask.asking import HOPELESS, Question, Reply, Served, StoppedError, serving
from bench_recipes.ask.recorder import MALFORMED_ATTEMPTS
from bench_recipes.ask.run import Options, plan, run
from bench_recipes.models import Model
from bench_recipes.tasks import ITEMS, Benchmark, Definition
from globmed.records.manifest import Manifest
from globmed.records.results import RESULTS
from globmed.versions.numbers import Version
from globmed.versions.published import Published
from tests.bench_recipes.ask import openai_server
from tests.bench_recipes.ask.odd_bodies import DISGUISED, ODD, PAGE, USAGE, prompt
from tests.bench_recipes.ask.openai_server import KEY, Behaviour, billed

LETTERS = list("ABCD")
MALFORMED = {name for name, odd in ODD.items() if odd.outcome == "malformed"}


@pytest.fixture
def odd() -> Benchmark:
    """One question for each of the bodies, and some that are answered as they should be."""
    names = [*ODD, *(f"plain {number}" for number in range(5))]
    same = {"language": "english", "source": "odd", "task": "mcqa", "delimiter": " ", "answer": "C"}
    rows = [
        same
        | {"id": name, "prompt": prompt(name) if name in ODD else f"{name}\n\nA. 5 mg\nB. 50 mg\n\nAnswer:"}
        | {"choices": LETTERS, "says": LETTERS, "texts": ["5 mg", "50 mg", "500 mg", "0.5 g/L"]}
        for name in names
    ]
    published = Published("made/up", Version(0, 1, 0), "0" * 40, Manifest("0.1.0", {}, {}), "0" * 64)
    return Benchmark(Definition("0.1.0", tasks=["mcqa"]), published, pl.DataFrame(rows, schema=ITEMS))


def ask(model: Model, url: str, place: Path, names: list[str], key: str = KEY) -> list[Reply]:
    with serving([Served(model, url, key)], place / "answers.sqlite") as (model_is_asked,):
        return model_is_asked([Question(f"{number}. {prompt(name)}", 20) for number, name in enumerate(names)])


def test_each_is_an_outcome_of_its_own_and_the_run_goes_on(odd: Benchmark, model: Model, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    with openai_server.running(log, Behaviour(odd=MALFORMED_ATTEMPTS)) as url:
        options = Options(base_url=url, part=16)
        record = run(plan(odd, model, options, out), out)
        rows = {row["id"]: row for row in pl.read_parquet(out / RESULTS).to_dicts()}
        for name, body in ODD.items():
            due = body.outcome if body.outcome not in LETTERS else "correct"
            assert (name, rows[name]["outcome"]) == (name, due)
            assert (name, rows[name]["parsed"]) == (name, body.outcome if body.outcome in LETTERS else None)
            if due == "malformed":
                assert any(body.says in said for said in record.errors), (name, record.errors)
        assert {rows[name]["outcome"] for name in rows if name.startswith("plain")} <= {"correct", "wrong"}
        assert record.outcomes == dict(Counter(row["outcome"] for row in rows.values()))
        assert sum(record.errors.values()) == len(MALFORMED)
        requests = billed(log)
        assert sorted(requests.values()) == [1] * (len(rows) - len(MALFORMED)) + [3] * len(MALFORMED)
        counted = model.cost(USAGE["prompt_tokens"], USAGE["completion_tokens"])
        assert counted is not None
        assert record.dollars is not None
        assert record.dollars > 3 * 2 * counted, "of answers without a choice"
        # The server has come to itself.
        second = run(plan(odd, model, options, out), out)
    assert "malformed" not in second.outcomes
    assert not second.errors
    assert billed(log).total() - requests.total() == len(MALFORMED)
    after = {row["id"]: row for row in pl.read_parquet(out / RESULTS).to_dicts()}
    assert all(after[name] == row for name, row in rows.items() if name not in MALFORMED)
    assert all(after[name]["outcome"] in ("correct", "wrong") for name in MALFORMED)


def test_a_judge_is_asked_again_where_its_answer_is_none(model: Model, tmp_path: Path) -> None:
    out, log = tmp_path / "out", tmp_path / "log"
    judge = Model("judge", "hub", "maker/judge", price_in=1.0, price_out=1.0)
    same = {"language": "english", "source": "odd", "task": "lfqa", "delimiter": " "}
    rows = [
        same | {"id": name, "prompt": f"Question {number}: how much?", "reference": prompt(name)}
        for number, name in enumerate(ODD)
        if ODD[name].outcome not in LETTERS
    ]
    published = Published("made/up", Version(0, 1, 0), "0" * 40, Manifest("0.1.0", {}, {}), "0" * 64)
    asked = Benchmark(Definition("0.1.0", tasks=["lfqa"]), published, pl.DataFrame(rows, schema=ITEMS))
    with openai_server.running(log, Behaviour(odd=MALFORMED_ATTEMPTS)) as url:
        options = Options(base_url=url, judge=judge, judge_base_url=url)
        record = run(plan(asked, model, options, out), out)
        first, requests = pl.read_parquet(out / RESULTS), billed(log)
        assert record.outcomes == {"scored": len(rows)}, "the answers themselves are as they should be"
        assert first["scores"].struct.field("judge").null_count() == len(rows)
        assert sum(record.errors.values()) == len(MALFORMED)
        assert all(error.startswith("judge: ") for error in record.errors)
        second = run(plan(asked, model, options, out), out)
    assert not second.errors
    assert billed(log).total() - requests.total() == len(MALFORMED), "the model is not asked again"
    after = pl.read_parquet(out / RESULTS)
    marked = after.filter(pl.col("scores").struct.field("judge").is_not_null())
    assert marked.height
    assert set(marked["id"]) <= MALFORMED


def test_one_that_passes_is_asked_again_at_once(model: Model, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with openai_server.running(log, Behaviour(odd=1)) as url:
        replies = ask(model, url, tmp_path, ["page", "choices empty", "ends early", "limit, by number", "overloaded"])
    assert not any(reply.error for reply in replies)
    assert sorted(billed(log).values()) == [2] * 5


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("key", "the server refuses the key"),
        ("account", "with more budget or credit the same command resumes"),
        ("model", "no such model or address: no such model"),
    ],
)
def test_an_error_that_would_meet_every_request_ends_the_run(
    model: Model, tmp_path: Path, name: str, message: str
) -> None:
    assert DISGUISED[name][1] in (401, 402, 404)
    with (
        openai_server.running(tmp_path / "log") as url,
        pytest.raises(StoppedError, match=message),
    ):
        ask(model, url, tmp_path, [name])


def test_a_server_of_pages_alone_is_said_soon_and_one_without_choices_is_asked_on(model: Model, tmp_path: Path) -> None:
    with openai_server.running(tmp_path / "log") as url:
        with pytest.raises(StoppedError, match="an HTML page"):
            ask(model, url, tmp_path, ["page"] * HOPELESS)
        replies = ask(model, url, tmp_path, ["choices empty"] * (HOPELESS + 2))
    assert {reply.outcome for reply in replies} == {"malformed"}


def test_a_page_that_was_kept_as_an_answer_is_none(model: Model, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with openai_server.running(log) as url:
        (first,) = ask(model, url, tmp_path, ["least"])
        with opened(tmp_path / "answers.sqlite") as answers:
            answers._connection.execute("update answers set body = ?, dollars = 0.5", (PAGE,))
            answers._connection.commit()
        assert ask(model, url, tmp_path, ["least"]) == [first]
        with opened(tmp_path / "answers.sqlite") as answers:
            assert answers.spent() == 0.5
    assert sorted(billed(log).values()) == [2]


def test_what_was_discarded_is_kept_with_its_cost_beside_the_answers(tmp_path: Path) -> None:
    with opened(tmp_path / "answers.sqlite") as answers:
        answers.add("key", Answer(200, b"page", 0.25))
        answers.discard("key", Answer(200, b"page", 0.25))
        answers.discard("key", Answer(200, b"", 0.5))
        assert answers.get("key") is None
        assert (answers.count(), answers.spent()) == (0, 0.75)
