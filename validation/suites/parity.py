"""Parity: is an item the same item in every config?

``sql/validate/parity.sql`` and ``absent.sql`` ask it.
"""

from validation.suites.suite import FOUND, Check, Suite

_FIELDS = {"answer": "answer", "labels": "option labels", "split": "split", "source": "source", "task": "task"}

SUITE = Suite(
    "parity",
    FOUND,
    (
        *[Check(field, f"an item has the same {words} in every config", FOUND) for field, words in _FIELDS.items()],
        Check("absent", "every config has every item that another has", FOUND, "warning"),
    ),
)
