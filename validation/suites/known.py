"""Known issues: does every accepted finding still occur, and is it within its date?"""

from validation.suites.suite import Check, Suite

SUITE = Suite(
    "known_issues",
    "issues",
    (
        Check("gone", "every known issue still occurs; remove those that were fixed", "checks/issue_gone"),
        Check("expired", "no known issue is past its date; fix it, or have it accepted again", "checks/issue_expired"),
    ),
)
