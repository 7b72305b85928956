from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.review.agreement import agreement, alpha
from builders.review.returns import import_returns
from builders.review.round import DIMENSIONS, RATINGS, Round
from globmed.errors import UserError
from tests.builders.review.workbooks.filled import returned

RATERS = ("amina", "juma", "zawadi", "neema")
TABLE = st.lists(
    st.fixed_dictionaries({rater: st.none() | st.integers(1, 5) for rater in RATERS}), min_size=2, max_size=30
)


def by_coincidences(table: list[dict[str, int | None]]) -> float | None:
    """Alpha by the coincidence matrix, as in "Computing Krippendorff's alpha-reliability" (2011)."""
    matrix = np.zeros((5, 5))
    for row in table:
        given_ = [value for value in row.values() if value is not None]
        for a, b in permutations(given_, 2):
            matrix[a - 1, b - 1] += 1 / (len(given_) - 1)
    n_c, n = matrix.sum(axis=0), matrix.sum()
    distance = (np.arange(5)[:, None] - np.arange(5)) ** 2
    expected = (np.outer(n_c, n_c) * distance).sum()
    return None if expected == 0 else float(1 - (n - 1) * (matrix * distance).sum() / expected)


def as_ratings(table: list[dict[str, int | None]]) -> pl.DataFrame:
    rows = [(str(n), rater, v) for n, row in enumerate(table) for rater, v in row.items() if v is not None]
    return pl.DataFrame(rows, schema={"item": pl.String, "rater": pl.String, "rating": pl.Int64}, orient="row")


@given(TABLE)
def test_alpha_is_that_of_an_independent_computation(table: list[dict[str, int | None]]) -> None:
    assert alpha(as_ratings(table)) == pytest.approx(by_coincidences(table), abs=1e-9)


def with_ratings(round_: Round, table: list[dict[str, int | None]]) -> Round:
    """Return a round whose Swahili items have these ratings in every dimension."""
    rows = [
        {"code": f"{item}{rater}", "item": f"sw-{int(item) + 1:04}", "config": "swahili", "rater": rater}
        | dict.fromkeys(DIMENSIONS, rating)
        for item, rater, rating in as_ratings(table).iter_rows()
    ]
    pl.DataFrame(rows, schema=RATINGS).write_parquet(round_.ratings)
    return round_


def test_every_pair_and_language_and_dimension_has_its_alpha_and_interval(planned: Round) -> None:
    import_returns(planned, returned(planned))
    found = agreement(planned)
    assert found.alphas.height == 2 * 3 * 2, "languages, dimensions, all and the one pair"
    pair = found.alphas.filter(config="swahili", dimension="accuracy", raters="amina + juma").to_dicts()[0]
    assert pair["items"] == 12
    assert pair["low"] < pair["alpha"] < pair["high"]
    assert found.means.height == 6
    assert found.means.filter(pl.col("low") < pl.col("mean"), pl.col("mean") < pl.col("high")).height == 6
    assert found.outliers.is_empty(), "of two raters neither is the other one's measure"


def agreeing(n: int) -> dict[str, int | None]:
    return {"amina": n % 5 + 1, "juma": n % 5 + 1, "zawadi": min(5, n % 5 + 1 + (n % 7 == 0)), "neema": None}


def test_a_rater_who_differs_from_all_others_is_named(planned: Round) -> None:
    same = [agreeing(n) for n in range(60)]
    assert agreement(with_ratings(planned, same)).outliers.is_empty()
    strict = [row | {"neema": max(1, (row["amina"] or 1) - 2)} for row in same]
    found = agreement(with_ratings(planned, strict)).outliers.filter(rater="neema")
    assert set(found["reason"]) == {"lower", "agrees less"}
    random = [row | {"neema": n * 7 % 11 % 5 + 1} for n, row in enumerate(same)]
    found = agreement(with_ratings(planned, random)).outliers
    assert set(found.select("rater", "reason").rows()) == {("neema", "agrees less")}


def test_ratings_that_are_all_one_have_no_alpha(planned: Round) -> None:
    found = agreement(with_ratings(planned, [dict.fromkeys(("amina", "juma"), 5)] * 4)).alphas
    assert found["alpha"].null_count() == found["low"].null_count() == found.height


def test_without_ratings_there_is_no_agreement(planned: Round) -> None:
    with pytest.raises(UserError, match="no rating yet"):
        agreement(planned)
