"""Quality: what share of a config's translated rows do the signals of the `quality` column flag?

The table ``quality`` has the shares. A signal that was not measured is a warning, never a pass unseen.
"""

from validation.suites.suite import Suite, above
from validation.thresholds import thresholds

_WORDS = {
    "numbers": "a number, unit or comparison was changed",
    "script": "the text is in another script",
    "options": "the options became other options",
}

SUITE = Suite(
    "quality",
    "quality",
    (
        *[
            above(
                f"{signal}_{tier}",
                f"in a {tier}-resource config, few rows in which {words}",
                thresholds()[f"quality.{signal}_{tier}"],
            )
            for signal, words in _WORDS.items()
            for tier in ("high", "low")
        ],
        above("unmeasured", "the signals were measured", thresholds()["quality.unmeasured"], "warning"),
    ),
)
