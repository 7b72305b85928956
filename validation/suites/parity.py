"""Parity: is an item the same in every config?

The queries are ``sql/validate/facts/parity.sql`` and ``absent.sql``.
"""

from validation.facts.structure import PARITY
from validation.suites.suite import FOUND, Check, Suite

_WORDS = {"labels": "option labels"}

SUITE = Suite(
    "parity",
    FOUND,
    (
        *[Check(name, f"an item has the same {_WORDS.get(name, name)} in every config", FOUND) for name in PARITY],
        Check("absent", "every config has every item that another has", FOUND, "warning"),
    ),
)
