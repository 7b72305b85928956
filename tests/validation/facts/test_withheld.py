"""Which translations are in no split."""

import polars as pl
import pytest

from globmed.schema import polars_schema
from validation.facts.withheld import is_withheld

ID = "sample/train/1"


@pytest.mark.parametrize(
    ("origin", "critical", "status", "accuracy", "completeness", "withheld"),
    [
        ("machine", True, "unreviewed", None, None, True),
        ("human", True, "unreviewed", None, None, True),
        ("human", True, "reviewed", 4.0, 5.0, False),
        ("human", True, "reviewed", 5.0, 3.5, True),
        ("human", True, "disputed", 5.0, 5.0, True),
        ("postedited", True, "reviewed", 3.0, 3.0, False),
        ("postedited", True, "unreviewed", None, None, True),
        ("machine", True, "reviewed", 5.0, 5.0, True),
        (None, True, None, None, None, True),
        ("original", True, None, None, None, False),
        ("machine", False, "unreviewed", None, None, False),
        ("human", None, None, None, None, False),
    ],
)
def test_critical_rows_are_withheld_until_somebody_accepts_them(
    origin: str | None,
    critical: bool | None,
    status: str | None,
    accuracy: float | None,
    completeness: float | None,
    withheld: bool,
) -> None:
    kinds = polars_schema()
    row = {
        "id": ID,
        "origin": origin,
        "quality": {"critical": critical},
        "review": {"status": status, "accuracy": accuracy, "completeness": completeness},
    }
    rows = pl.DataFrame([row], schema={name: kinds[name] for name in row})
    assert rows.select(is_withheld()).item() is withheld
    assert not rows.select(is_withheld([ID])).item()
