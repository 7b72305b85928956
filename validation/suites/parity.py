"""Parity: is an item the same item in every config?

``sql/validate/parity.sql`` and ``absent.sql`` ask it.
"""

from globmed import schema
from validation.suites.suite import FOUND, Check, Suite

#: What is compared, in the order of the claims.
COMPARED = ("split", *schema.COMPARED, "labels")
_WORDS = {"labels": "option labels"}

SUITE = Suite(
    "parity",
    FOUND,
    (
        *[Check(name, f"an item has the same {_WORDS.get(name, name)} in every config", FOUND) for name in COMPARED],
        Check("absent", "every config has every item that another has", FOUND, "warning"),
    ),
)
