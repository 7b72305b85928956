"""Reading answers: hand-written ones in every language, and what no text may do."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_recipes.score.extract import Read, read, words
from globmed.prompts import asked, prompts
from globmed.schema import ANSWERS

TEXTS = ["5 mg", "50 mg", "500 mg", "0.5 g/L"]
TABLE = tomllib.loads(Path(__file__).with_name("answers.toml").read_text("utf-8"))
HARD = tomllib.loads(Path(__file__).with_name("hard_answers.toml").read_text("utf-8"))
THOUGHTS = "Is it A? No. The answer is B. Or C"
#: What opens thoughts and what ends them, in the families of models that mark them.
MARKERS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<unused94>thought\n", "<unused95>"),
    ("<|channel>thought\n", "<channel|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|><|begin_of_solution|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("analysis", "assistantfinal"),
    ("## Thinking\n\n", "\n\n## Final Response\n\n"),
]


def item(name: str, task: str, answer: str | None = None) -> dict[str, Any]:
    choices = list(ANSWERS.get(task, "ABCD"))
    return {"language": name, "task": task, "choices": choices, "answer": answer or choices[0]} | {
        "texts": TEXTS if task == "mcqa" else None
    }


def written() -> Iterator[tuple[str, str, str, str]]:
    for name, tasks in TABLE.items():
        for task, answers in tasks.items():
            for said, meant in answers:
                yield name, task, said, meant


def test_the_list_covers_every_language_and_task_with_at_least_200_answers() -> None:
    assert TABLE.keys() == set(asked())
    assert all(tasks.keys() == {"mcqa", "yesno", "nli"} for tasks in TABLE.values())
    assert len(list(written())) >= 200


def test_none_is_misread() -> None:
    wrong = []
    for name, task, said, meant in written():
        asked = item(name, task)
        got = read(said, asked)
        outcome = meant
        if meant in asked["choices"]:
            outcome = "correct" if meant == asked["answer"] else "wrong"
        if got.outcome != outcome or (meant in asked["choices"] and got.parsed != meant):
            wrong.append((name, task, said, meant, got))
    assert not wrong, "\n".join(map(str, wrong))


def test_an_answer_that_is_hard_to_read_gives_its_letter_or_none() -> None:
    options = HARD["options"]
    cases = [
        (name, options[kind], said, meant)
        for name in asked()
        for kind, answers in HARD[name].items()
        for said, meant in answers
    ]
    assert len(cases) > 850
    wrong = []
    for name, texts, said, meant in cases:
        labels = list("ABCDEFGHIJ"[: len(texts)])
        row = {"language": name, "task": "mcqa", "choices": labels, "answer": labels[0], "texts": texts}
        got = read(said, row).parsed or "-"
        if got != meant:
            wrong.append((name, said, meant, got))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize(("opens", "ends"), MARKERS)
@pytest.mark.parametrize("name", ["english", "japanese", "wolof"])
def test_thoughts_are_no_answer_and_what_is_cut_within_them_has_no_letter(name: str, opens: str, ends: str) -> None:
    asked = item(name, "mcqa", "C")
    assert read(f"{opens}{THOUGHTS}{ends}C", asked) == Read("C", "correct")
    for stop in ("max_tokens", "model_length", "stop"):
        assert read(f"{opens}{THOUGHTS}", asked, stop=stop) == Read(None, "truncated")
        assert read(f"{opens}{THOUGHTS}", item(name, "lfqa"), stop=stop) == Read(None, "truncated")
    assert read(f"{opens}{THOUGHTS}{ends}", asked, stop="max_tokens") == Read(None, "truncated")


def test_a_model_that_thinks_without_a_mark_has_no_letter_at_its_limit() -> None:
    asked = item("english", "mcqa", "B")
    assert read("The answer is B. Or", asked, stop="max_tokens", thinks=True) == Read(None, "truncated")
    assert read("The answer is B. Or", asked, stop="max_tokens") == Read("B", "correct")


@pytest.mark.parametrize("name", asked())
def test_an_answer_in_english_words_counts_when_the_instruction_is_english(name: str) -> None:
    asked = item(name, "yesno", "no")
    assert read("no", asked, "english") == Read("no", "correct")
    assert read(prompts(name, "native").answers["no"], asked, "english") == Read("no", "correct")


def test_a_filter_and_a_marked_refusal_are_never_wrong() -> None:
    asked = item("zulu", "mcqa", "B")
    assert read("C", asked, stop="content_filter") == Read(None, "filtered")
    assert read("I will not say.", asked, refused=True) == Read(None, "refusal")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("Mpe mtoto maji safi mara kwa mara na umpeleke katika kituo cha afya kilicho karibu.", "scored"),
        ("Give the child clean water often and take them to the nearest health centre at once.", "other_language"),
        ("Samahani, siwezi kujibu swali hili.", "refusal"),
        ("", "unparsed"),
    ],
)
def test_long_answers_have_outcomes_of_their_own(said: str, outcome: str) -> None:
    assert read(said, item("swahili", "lfqa")).outcome == outcome


def test_a_long_answer_without_a_letter_in_another_language_is_counted_as_that() -> None:
    said = "The child is dehydrated and so needs a solution of clean water, sugar and salt at once."
    assert read(said, item("swahili", "mcqa")).outcome == "other_language"
    assert read(said, item("english", "mcqa")).outcome == "unparsed"


NAMES = st.sampled_from(sorted(asked()))
TASKS = st.sampled_from(["mcqa", "yesno", "nli", "lfqa"])


@given(st.text(), NAMES, TASKS)
def test_any_text_has_an_outcome(said: str, name: str, task: str) -> None:
    asked = item(name, task)
    got = read(said, asked)
    assert got.parsed is None or got.parsed in asked["choices"]
    assert (got.outcome in ("correct", "wrong")) <= (got.parsed is not None)


@given(
    NAMES,
    st.sampled_from("ABCD"),
    st.sampled_from(["{}", " {} ", "({})", "**{}**", "{}.", "{})", "\n{}\n", "【{}】", "{}。"]),
)
def test_a_letter_alone_is_read_whatever_stands_around_it(name: str, letter: str, form: str) -> None:
    for sign in (letter, letter.lower(), chr(ord(letter) - ord("A") + 0xFF21)):
        assert read(form.format(sign), item(name, "mcqa")).parsed == letter


@given(NAMES, st.permutations("ABCD"))
def test_two_letters_are_no_answer(name: str, order: list[str]) -> None:
    first, second = order[:2]
    for form in ("{}, {}", "{} {}", "({}) ({})", "{}/{}"):
        assert read(form.format(first, second), item(name, "mcqa")).parsed is None


def test_the_table_of_words_has_every_language() -> None:
    assert words().keys() == set(asked())
