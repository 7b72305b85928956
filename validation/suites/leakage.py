"""Leakage: does training text occur word for word in a held-out split?

Texts are equal if they differ only in case, punctuation, white space or the order of options; near-duplicates are
in `validation.suites.near_leakage`.
"""

from validation.suites.suite import FOUND, Check, Suite

SUITE = Suite(
    "leakage",
    FOUND,
    (
        Check("id_in_splits", "an id is in one split of a config", "checks/id_in_splits"),
        Check("train_held_out", "no held-out text is in its source's train", "checks/train_held_out"),
        Check(
            "train_held_out_sources", "no held-out text is in another source's train", "checks/train_held_out_sources"
        ),
        Check("text_repeated", "a text occurs once in a split", "checks/text_repeated", "warning"),
    ),
)
