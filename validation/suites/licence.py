"""Licence and provenance: does every row state its source, its licence, and how it was translated?"""

from validation.suites.suite import FOUND, Check, Suite

#: The translations stage's name for the translation memory.
_MEMORY = "memory"

SUITE = Suite(
    "licence",
    FOUND,
    (
        Check("provenance", "every row has upstream, record_id and licence", "checks/provenance_missing"),
        Check(
            "engine",
            "machine rows name their engine, and a package its version",
            "checks/engine_missing",
            parameters={"memory": _MEMORY},
        ),
        Check("package", "machine rows name package and version", "checks/package_unnamed", "warning"),
    ),
)
