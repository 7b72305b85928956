"""One definition over languages and tasks, on the demo version."""

import re

import polars as pl
import pytest

from bench_recipes.tasks import Definition, benchmark, drawn
from globmed.errors import UserError
from globmed.schema import ANSWERS, TASKS
from globmed.versions.client import HubAccess
from tests.conftest import SAMPLED, DemoRelease


@pytest.fixture(scope="module")
def hub(demo_hub: HubAccess, demo_release: DemoRelease) -> str:
    return demo_hub.endpoint


def test_every_language_and_task_is_asked_from_one_definition_at_one_commit(hub: str) -> None:
    found = benchmark(Definition("0.1.0"), hub)
    assert re.fullmatch("[0-9a-f]{40}", found.published.commit)
    assert found.items["language"].unique(maintain_order=True).to_list() == [entry.name for entry in SAMPLED]
    assert set(found.items["task"]) == set(TASKS)
    ids = found.items.group_by("language").agg(pl.col("id").sort())
    assert ids["id"].n_unique() == 1
    assert found.items["prompt_sha256"].n_unique() == found.items.height


def test_by_likelihood_every_choice_is_a_letter(hub: str) -> None:
    found = benchmark(Definition("0.1.0", languages=["zu", "ja"], method="likelihood"), hub).items
    assert set(found["task"]) == {"mcqa", "yesno", "nli"}
    assert all(len(letter) == 1 for says in found["says"] for letter in says)
    closed = found.filter(pl.col("task") == "nli").row(0, named=True)
    assert closed["choices"] == list(ANSWERS["nli"])
    assert "A. " in closed["prompt"]
    assert set(found.select("language", "delimiter").unique().rows()) == {("zulu", " "), ("japanese", "")}


def test_examples_are_the_same_items_in_every_language_and_come_from_train(hub: str) -> None:
    plain = benchmark(Definition("0.1.0", languages=["en", "sw"], tasks=["mcqa"]), hub)
    shown = benchmark(Definition("0.1.0", languages=["en", "sw"], tasks=["mcqa"], shots=2), hub)
    assert [p.endswith(q) for p, q in zip(shown.items["prompt"], plain.items["prompt"], strict=True)]
    assert not set(plain.items["prompt"]) & {text.rpartition(" ")[0] for text in shown.examples["english", "mcqa"]}
    english, swahili = (shown.examples[name, "mcqa"] for name in ("english", "swahili"))
    assert [text[-1] for text in english] == [text[-1] for text in swahili]
    assert shown.items["prompt"].str.count_matches("Answer:").max() == 3
    other = benchmark(Definition("0.1.0", languages=["en"], tasks=["mcqa"], shots=2, seed=1), hub)
    assert other.examples["english", "mcqa"] != english


def test_of_many_items_those_are_drawn_that_most_languages_have() -> None:
    english = [{"id": f"one/test/{place:03}"} for place in range(200)] + [{"id": "two/test/000"}]
    swahili = english[150:160]
    rows = {("english", "yesno"): english, ("swahili", "yesno"): swahili}
    chosen = drawn(rows, Definition("0.1.0", limit=40))
    assert chosen["swahili", "yesno"] == swahili
    assert len(chosen["english", "yesno"]) == 40
    assert all(row in chosen["english", "yesno"] for row in swahili)
    others = [row for row in chosen["english", "yesno"] if row not in swahili]
    assert others != [row for row in english if row not in swahili][:30], "drawn, and not the first source"
    assert others == sorted(others, key=lambda row: row["id"])
    assert drawn(rows, Definition("0.1.0", limit=40, seed=1)) != chosen
    assert drawn(rows, Definition("0.1.0")) == rows


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Definition("main"), "expected MAJOR.MINOR.PATCH"),
        (Definition("0.1.0", tasks=["exam"]), "--tasks 'exam'; known: mcqa"),
        (Definition("0.1.0", tasks=["lfqa"], method="likelihood"), "have no letter"),
        (Definition("0.1.0", shots=99), "ask for fewer --shots"),
        (Definition("0.1.0", shots=1, split="train"), "ask another --split"),
        (Definition("0.1.0", split="exam"), "--split 'exam'"),
    ],
)
def test_what_cannot_be_asked_is_one_line(hub: str, wanted: Definition, message: str) -> None:
    with pytest.raises(UserError, match=message):
        benchmark(wanted, hub)
