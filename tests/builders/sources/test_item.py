from dataclasses import replace

import pytest

from builders.sources.item import Item, Option, Reason, check

MCQA = Item(
    source="s",
    split="train",
    record_id="1",
    language="en",
    task="mcqa",
    question="Which is a bone?",
    context=None,
    premise=None,
    hypothesis=None,
    options=(Option("A", "Femur"), Option("B", "Spleen")),
    answer="A",
    long_answer=None,
    origin="original",
    engine=None,
    file="f",
    record="line 1",
)
YESNO = replace(MCQA, task="yesno", options=None, answer="maybe")
NLI = replace(MCQA, task="nli", question=None, options=None, premise="p", hypothesis="h", answer="neutral")
LFQA = replace(MCQA, task="lfqa", options=None, answer=None, long_answer="It is.")


def test_an_id_names_source_split_and_record() -> None:
    assert MCQA.id == "s/train/1"


@pytest.mark.parametrize("item", [MCQA, YESNO, NLI, LFQA], ids=lambda item: item.task)
def test_good_items_pass(item: Item) -> None:
    assert check(item) is None


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (replace(MCQA, record_id=""), Reason.NO_ID),
        (replace(MCQA, long_answer="\ud800"), Reason.BROKEN_TEXT),
        (replace(MCQA, premise="p"), Reason.OTHER_TASK),
        (replace(NLI, question="q"), Reason.OTHER_TASK),
        (replace(LFQA, answer="yes"), Reason.OTHER_TASK),
        (replace(MCQA, question=None), Reason.EMPTY_QUESTION),
        (replace(MCQA, options=None), Reason.TOO_FEW_OPTIONS),
        (replace(MCQA, options=MCQA.options and MCQA.options[:1]), Reason.TOO_FEW_OPTIONS),
        (replace(MCQA, options=(Option("A", ""), Option("B", "x"))), Reason.EMPTY_OPTION),
        (replace(MCQA, options=(Option("B", "x"), Option("A", "y"))), Reason.OPTION_LABELS),
        (replace(MCQA, options=(Option("A", "x"), Option("C", "y"))), Reason.OPTION_LABELS),
        (replace(MCQA, options=(Option("", "x"), Option("AB", "y"))), Reason.OPTION_LABELS),
        (replace(MCQA, answer=None), Reason.NO_CORRECT_ANSWER),
        (replace(MCQA, answer="C"), Reason.NO_CORRECT_ANSWER),
        (replace(MCQA, answer="AB"), Reason.NO_CORRECT_ANSWER),
        (replace(YESNO, answer="Yes"), Reason.UNKNOWN_LABEL),
        (replace(YESNO, question=None), Reason.EMPTY_QUESTION),
        (replace(NLI, premise=None), Reason.EMPTY_PREMISE),
        (replace(NLI, answer=None), Reason.NO_CORRECT_ANSWER),
        (replace(NLI, answer="yes"), Reason.UNKNOWN_LABEL),
        (replace(LFQA, long_answer=None), Reason.NO_REFERENCE),
    ],
)
def test_bad_items_fail(item: Item, reason: Reason) -> None:
    assert check(item) is reason


def test_every_reason_is_explained() -> None:
    for reason in Reason:
        assert reason.explanation
        assert "\n" not in reason.explanation
