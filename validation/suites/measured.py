"""Measured: is the column `quality` what the signals say of the texts at hand?

`validation.facts.measured` measures them anew. What the suite `quality` reads is believed for that reason alone.
"""

from validation.facts.measured import ALIGNMENT, CRITICAL, EDITED, NO_ENGLISH, SOURCE_NO_ENGLISH
from validation.suites.suite import FOUND, Check, Suite

SUITE = Suite(
    "measured",
    FOUND,
    (
        Check(EDITED, "the quality of every row is what measuring its texts gives", FOUND),
        Check(CRITICAL, "no translation is critical, or a reviewer has confirmed it", FOUND),
        Check(ALIGNMENT, "the words of translations go with those of their sources", FOUND),
        Check(NO_ENGLISH, "every translated row has its English row", FOUND),
        Check(SOURCE_NO_ENGLISH, "English has rows of every source that was translated", FOUND, "warning"),
    ),
)
