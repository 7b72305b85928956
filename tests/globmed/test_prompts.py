"""Prompts in twelve languages, and the way back from an answer."""

from importlib.resources import files
from typing import Any

import pytest

from globmed.errors import UserError
from globmed.languages import language
from globmed.prompts import Style, asked, prompts, read_prompts
from globmed.schema import ANSWERS

STYLES: tuple[Style, ...] = ("native", "english")
BLANK = dict.fromkeys(("question", "context", "premise", "hypothesis", "options", "answer", "long_answer"))
MCQA = BLANK | {
    "id": "x/train/1",
    "language": "sw",
    "task": "mcqa",
    "question": "Ni ipi? {braces} stay",
    "options": [{"label": "A", "text": "5 mg"}, {"label": "B", "text": "50 mg"}],
    "answer": "B",
}
YESNO = MCQA | {"task": "yesno", "options": None, "answer": "no", "context": "Abstract."}
NLI = BLANK | {
    "id": "x/train/2",
    "language": "sw",
    "task": "nli",
    "premise": "P.",
    "hypothesis": "H.",
    "answer": "neutral",
}
LFQA = MCQA | {"task": "lfqa", "options": None, "answer": None, "long_answer": "Maji."}


def toml(name: str = "swahili") -> str:
    return files("globmed.prompts").joinpath(f"{name}.toml").read_text("utf-8")


@pytest.mark.parametrize("name", asked())
@pytest.mark.parametrize("style", STYLES)
def test_every_closed_answer_comes_back_from_what_the_model_should_say(name: str, style: Style) -> None:
    texts = prompts(name, style)
    for task, answers in ANSWERS.items():
        for answer in answers:
            row = YESNO | {"task": task, "answer": answer}
            said = texts.answer(row)
            assert said in texts.prompt(row)
            assert [texts.parse(text, row) for text in (said, f" {said.upper()}.\n", f"{said} {said}")] == [
                answer,
                answer,
                None,
            ]


@pytest.mark.parametrize("name", asked())
@pytest.mark.parametrize("row", [MCQA, YESNO, NLI, LFQA], ids=lambda row: row["task"])
def test_every_part_of_a_row_is_in_its_prompt(name: str, row: dict[str, Any]) -> None:
    for style in STYLES:
        asked = prompts(name, style).prompt(row)
        parts = [row[part] for part in ("question", "context", "premise", "hypothesis") if row[part]]
        assert all(part in asked for part in parts)
        assert asked.rstrip().endswith((":", "："))


def test_a_question_with_options_reads_as_a_person_would_write_it() -> None:
    expected = (
        "Jibu swali la kitabibu lifuatalo kwa kuchagua jibu moja lililo sahihi. Andika herufi ya jibu hilo pekee: "
        "A, B.\n\nSwali: Ni ipi? {braces} stay\n\nA. 5 mg\nB. 50 mg\n\nJibu:"
    )
    assert prompts("sw", "native").render(MCQA) == {
        "prompt": [{"role": "user", "content": expected}],
        "completion": [{"role": "assistant", "content": "B"}],
    }


def test_letters_are_kept_and_no_other_is_an_answer() -> None:
    texts = prompts("swahili", "native")
    assert [texts.parse(said, MCQA) for said in ("B", "b.", "C", "B or A", "50 mg", "")] == ["B", "B", *[None] * 4]


def test_an_english_instruction_names_the_language_that_it_wants() -> None:
    assert "Write the answer in Swahili." in prompts("sw", "english").prompt(LFQA)
    assert "Andika jibu kwa Kiswahili." in prompts("sw", "native").prompt(LFQA)


def test_nobody_but_english_is_called_reviewed() -> None:
    assert [name for name in asked() if prompts(name, "native").reviewed] == ["english"]


def test_no_two_languages_share_an_instruction() -> None:
    instructions = [prompts(name, "native").instructions["mcqa"] for name in asked()]
    assert len(set(instructions)) == len(instructions) >= 12


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{letters}", "", r"instructions\.mcqa has the placeholders \[\]"),
        ("{letters}", "{letters} {letters}", r"instructions\.mcqa has the placeholders"),
        ("{letters}", "{leters}", r"instructions\.mcqa has the placeholders \['leters'\]"),
        ('answer = "Jibu:"', "", r"\[parts\] has"),
        ('maybe = "labda"', 'maybe = "Ndiyo"', r"two answers of yesno are the same words"),
    ],
)
def test_a_fault_in_a_file_is_found(old: str, new: str, message: str) -> None:
    assert read_prompts(toml(), "swahili.toml").language == "Kiswahili"
    with pytest.raises(UserError, match=message):
        read_prompts(toml().replace(old, new), "swahili.toml")


def test_a_row_without_an_answer_of_its_task_is_named() -> None:
    with pytest.raises(UserError, match=r"sw, id x/train/1: 'B' is not an answer of yesno"):
        prompts(language("swahili").tag, "native").answer(YESNO | {"answer": "B"})
