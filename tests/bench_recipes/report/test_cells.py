"""Figures as a reader sees them."""

import polars as pl

from bench_recipes.report.cells import points


def test_a_difference_that_rounds_to_nothing_has_no_sign() -> None:
    found = pl.DataFrame({"gap": [0.0004, -0.0004, 0.0, 0.0006, -0.25, None]}).select(points("gap"))
    assert found["gap"].to_list() == ["0.0", "0.0", "0.0", "+0.1", "−25.0", "–"]
