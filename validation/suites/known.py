"""Known issues: does every accepted finding still occur, and is it within its date?"""

from validation.suites.suite import Check, Suite

SUITE = Suite(
    "known_issues",
    "issues",
    (
        Check("gone", "every known issue still occurs; take out what was mended", "checks/issue_gone"),
        Check("expired", "no known issue is past its date; mend it, or have it accepted anew", "checks/issue_expired"),
    ),
)
