"""The definition of a suite: expectations about one table, each an SQL query of the rows that break it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from globmed.storage.queries import QUERIES

Parameter = str | float | bool | Sequence[str]
#: ``suite, check, config, split, id, detail``: what was found before, in the rows of one config or of all.
FOUND = "found"


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation.

    ``query`` names a file below ``sql/validate`` that returns ``config, split, id, detail`` of what breaks it, from the
    suite's table under the name ``batch``; findings made earlier (`FOUND`) come from ``facts``. One that has a
    ``threshold`` reads a table of measures (``above.sql``).
    """

    name: str
    says: str
    query: str
    severity: Literal["critical", "warning"] = "critical"
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """Expectations about one table."""

    name: str
    table: str
    checks: tuple[Check, ...]

    def sql(self, check: Check, *, everything: bool = False) -> str:
        """Return the query of a check's findings, without accepted ones or with them; ``{batch}`` is the table."""
        query = FOUND if self.table == FOUND else check.query
        text = _text("findings").replace("{check}", _text(query))
        own: dict[str, Parameter] = {"suite": self.name, "check": check.name, "all": everything}
        return _with_literals(text, {**check.parameters, **own})

    def finder(self, check: Check, table: str) -> str:
        """Return the query of a check's findings in a table, with the columns of `FOUND`."""
        text = _text("finder").replace("{batch}", table).replace("{check}", _text(check.query))
        return _with_literals(text, {**check.parameters, "suite": self.name, "check": check.name})


def above(measure: str, says: str, threshold: float, severity: Literal["critical", "warning"] = "critical") -> Check:
    """Return an expectation that no group is above the threshold of a measure."""
    parameters: dict[str, Parameter] = {"measure": measure, "threshold": threshold}
    return Check(measure, says, "above", severity, parameters, threshold)


def largest(suite: Suite, check: Check) -> str:
    """Return the query of the largest value of a check's measure."""
    return _with_literals(_text("largest"), check.parameters).replace("{batch}", suite.table)


def _text(query: str) -> str:
    """Read the text of a query; Great Expectations rejects every brace but ``{batch}``."""
    return (QUERIES / "validate" / f"{query}.sql").read_text("utf-8")


def _with_literals(text: str, parameters: Mapping[str, Parameter]) -> str:
    """Replace ``$parameters``, which Great Expectations cannot bind, by literals: constants of the suites."""
    return re.sub(r"\$(\w+)", lambda found: _literal(parameters[found[1]]), text)


def _literal(value: Parameter) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return "[" + ", ".join(map(_literal, value)) + "]"
