"""What a suite's outcomes come to, against what was expected of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: What became of a test.
PASSED, SKIPPED, LEFT_OUT = "passed", "skipped", "left out"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The tests of a suite by what was expected of them.

    Attributes:
        passed: how many passed, as expected.
        skipped: how many did not run here.
        left_out: how many ask the public Hub.
        failed: those that fail or cannot be set up as expected, and why.
        unexpected: those that were expected to pass.
        better: those that passed, and the reason why they were expected not to.
        unknown: expected not to pass, and no longer among the tests.
    """

    passed: int
    skipped: int
    left_out: int
    failed: Mapping[str, str]
    unexpected: Mapping[str, str]
    better: Mapping[str, str]
    unknown: tuple[str, ...]

    @property
    def as_expected(self) -> bool:
        """Whether the list of expectations is right."""
        return not (self.unexpected or self.better or self.unknown)

    def lines(self) -> Iterator[str]:
        """Yield the verdict for people: figures, expected failures by reason, then whatever is not as expected."""
        total = len(self.failed) + len(self.unexpected)
        yield (
            f"{self.passed + len(self.better)} passed, {total} did not, {self.skipped} skipped, "
            f"{self.left_out} left out (they ask the public Hub)"
        )
        for reason, count in Counter(self.failed.values()).most_common():
            yield f"  expected, {count}: {reason}"
        for test, outcome in self.unexpected.items():
            yield f"NOT EXPECTED {outcome}: {test}"
        for test, reason in self.better.items():
            yield f"PASSED, and was not expected to ({reason}): {test}"
        for test in self.unknown:
            yield f"EXPECTED, and not there: {test}"


def judge(outcomes: Mapping[str, str], reasons: Mapping[str, str]) -> Verdict:
    """Compare outcomes by test with the reasons why some are expected not to pass.

    A reason holds for a test, or for all tests of a class or file, and all parameters of a test.
    """
    counts = Counter(outcomes.values())
    reason = {test: next((reasons[name] for name in _names(test) if name in reasons), None) for test in outcomes}
    ran = {test: outcome for test, outcome in outcomes.items() if outcome not in (SKIPPED, LEFT_OUT)}
    bad = {test: outcome for test, outcome in ran.items() if outcome != PASSED}
    known = {name for test in outcomes for name in _names(test)}
    better = {test: text for test, outcome in ran.items() if outcome == PASSED and (text := reason[test]) is not None}
    return Verdict(
        counts[PASSED] - len(better),
        counts[SKIPPED],
        counts[LEFT_OUT],
        {test: text for test in bad if (text := reason[test]) is not None},
        {test: outcome for test, outcome in bad.items() if reason[test] is None},
        better,
        tuple(sorted(reasons.keys() - known)),
    )


def _names(test: str) -> Iterator[str]:
    """Yield a test's names, from its own to its file's."""
    yield test
    test = test.partition("[")[0]
    while test:
        yield test
        test = test.rpartition("::")[0]
