"""Quality: what share of a config's translated rows do the signals of the `quality` column flag?

The table ``quality`` has the shares. A signal that was not measured is a warning, never a silent pass.
"""

from globmed.schema import GATED, SIGNALS
from validation.suites.suite import Suite, above
from validation.thresholds import thresholds

SUITE = Suite(
    "quality",
    "quality",
    (
        *[
            above(
                f"{signal}_{tier}",
                f"in a {tier}-resource config, few rows in which {SIGNALS[signal].meaning}",
                thresholds()[f"quality.{signal}_{tier}"],
            )
            for signal in GATED
            for tier in ("high", "low")
        ],
        above("unmeasured", "the signals were measured", thresholds()["quality.unmeasured"], "warning"),
    ),
)
