"""Run the clients' suites: ``python -m tests.globmed.hub.suites --huggingface-hub DIR --datasets DIR``."""

import argparse
import sys
from pathlib import Path

from globmed.errors import UserError
from tests.globmed.hub.suites.suite import read_suite, run_suite
from tests.globmed.hub.suites.verdict import judge


def main() -> int:
    """Run the suites that are given; return 1 if anything is not as its list says, 2 if one cannot be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.globmed.hub.suites", description=main.__doc__)
    place = "a checkout of the installed version, or its sdist unpacked"
    parser.add_argument("--huggingface-hub", type=Path, metavar="DIR", help=place)
    parser.add_argument("--datasets", type=Path, metavar="DIR", help=place)
    parser.add_argument("--disable-xet", action="store_true", help="set HF_HUB_DISABLE_XET=1 for the clients")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes that run tests (pytest -n)")
    given = parser.parse_args()
    chosen = {"huggingface_hub": given.huggingface_hub, "datasets": given.datasets}
    if not any(chosen.values()):
        parser.error("name --huggingface-hub, --datasets or both")
    good = True
    for name, checkout in chosen.items():
        if checkout is None:
            continue
        suite = read_suite(name)
        xet = not given.disable_xet
        try:
            outcomes = run_suite(suite, checkout, xet=xet, workers=given.workers)
        except UserError as error:
            sys.stderr.write(f"error: {error}\n")
            return 2
        verdict = judge(outcomes, suite.reasons(checkout, xet=xet))
        sys.stdout.write("\n".join([f"{name}:", *verdict.lines()]) + "\n")
        good &= verdict.as_expected
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
