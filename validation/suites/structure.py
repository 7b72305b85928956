"""Structure: are the files, fields, ids, labels and answers those of `globmed.schema`?"""

from validation.facts.structure import STRUCTURE
from validation.suites.suite import Check, Suite

SUITE = Suite(
    "structure",
    "faults",
    tuple(Check(name, says, "fault", parameters={"fault": name}) for name, says in STRUCTURE.items()),
)
