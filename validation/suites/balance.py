"""Balance: are the answers of every config, source and split distributed as the upstream's?

The table ``balance`` has Cramér's V for each, 0 where the difference is not significant.
"""

from validation.suites.suite import Suite, above
from validation.thresholds import thresholds

_EFFECT = thresholds()["balance.effect"]

SUITE = Suite(
    "balance",
    "balance",
    (
        above("mcqa", "answer letters are distributed as the upstream's", _EFFECT),
        above("nli", "NLI classes are distributed as the upstream's", _EFFECT),
        above("yesno", "yes, no and maybe are distributed as the upstream's", _EFFECT),
    ),
)
