"""Parity: is an item the same item in every config?"""

from validation.suites.suite import FACTS, Check, Suite

_FIELDS = {"answer": "answer", "labels": "option labels", "split": "split", "source": "source", "task": "task"}

SUITE = Suite(
    "parity",
    FACTS,
    (
        *[
            Check(field, f"an item has the same {words} in every config", "parity", parameters={"field": field})
            for field, words in _FIELDS.items()
        ],
        Check("absent", "every config has every item that another has", "absent", "warning"),
    ),
)
