"""Licence: does every machine-translated row name its engine?

That a row says where it comes from, and under which licence, is a rule of `structure`, which `globmed verify` has too.
"""

from validation.suites.suite import FOUND, Check, Suite

#: The translations stage's name for the translation memory.
_MEMORY = "memory"

SUITE = Suite(
    "licence",
    FOUND,
    (
        Check(
            "engine",
            "machine rows name their engine, and a package its version",
            "checks/engine_missing",
            parameters={"memory": _MEMORY},
        ),
        Check("package", "machine rows name package and version", "checks/package_unnamed", "warning"),
    ),
)
