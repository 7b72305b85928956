"""Measured: does the column `quality` agree with the signals of the texts?

`validation.facts.measured` measures them again; only for that reason can the suite `quality` trust the column.
"""

from validation.facts.measured import (
    ALIGNMENT,
    CRITICAL,
    EDITED,
    NATIVE,
    NO_ENGLISH,
    SOURCE_NATIVE,
    SOURCE_NO_ENGLISH,
)
from validation.suites.suite import FOUND, Check, Suite

SUITE = Suite(
    "measured",
    FOUND,
    (
        Check(EDITED, "the quality of every row agrees with a measurement of its texts", FOUND),
        Check(CRITICAL, "no translation is critical, or a reviewer has confirmed it", FOUND),
        Check(ALIGNMENT, "the words of translations go with those of their sources", FOUND),
        Check(NATIVE, "the English of an item that was born in another language agrees with its native text", FOUND),
        Check(SOURCE_NATIVE, "so does the English of an upstream that published both", FOUND, "warning"),
        Check(NO_ENGLISH, "every translated row has its English row", FOUND),
        Check(SOURCE_NO_ENGLISH, "English has rows of every source that was translated", FOUND, "warning"),
    ),
)
