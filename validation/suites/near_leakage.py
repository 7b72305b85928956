"""Near leakage: does training text with a few words changed occur in a held-out split?

The build leaves such items out in the languages that the upstreams are in (`builders.rows.leaks`): a pair of those is
critical here. Two machine translations may also have become similar; those are for a reader to judge.
"""

from validation.suites.suite import Check, Suite

SUITE = Suite(
    "near_leakage",
    "leaks",
    (
        Check(
            "upstream",
            "no held-out text of an upstream is nearly a text of train",
            "checks/near_held_out",
            parameters={"machine": False},
        ),
        Check(
            "translated",
            "no machine translation made the two alike",
            "checks/near_held_out",
            "warning",
            {"machine": True},
        ),
    ),
)
