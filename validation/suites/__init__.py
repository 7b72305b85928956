"""The suites of `globmed validate`, one module each."""

from validation.suites import balance, known, leakage, licence, near_leakage, parity, previous, quality, structure

#: In the order in which they are run and reported; the known issues come last, once the findings are there.
SUITES = tuple(
    module.SUITE for module in (structure, parity, balance, leakage, near_leakage, licence, quality, previous, known)
)
