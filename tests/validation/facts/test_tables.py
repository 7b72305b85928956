"""What the measures and the text key must not take for a fault, from the tables alone."""

from pathlib import Path

import polars as pl
import pytest

from builders.rows.artifacts.folder import BuildFolder
from globmed.schema import ASKED, COMPARED, arrow_schema
from globmed.storage.parquet import write_parquet
from globmed.storage.queries import connect, query
from tests.validation.conftest import read_rows
from validation.facts.files import find_files
from validation.facts.tables import make_tables


def judged(folder: Path, rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return one table of the suites over these rows."""
    for (config, split), part in rows.group_by("config", "split"):
        write_parquet(part, folder / "data" / str(config) / f"{split}-00000-of-00001.parquet", arrow_schema())
    with connect() as database:
        make_tables(database, find_files(folder), None)
        frame: pl.DataFrame = database.table(table).pl()
        return frame


def answered(rows: pl.DataFrame, config: str, answers: list[str]) -> pl.DataFrame:
    """Return one yes/no item of the sample, as often as there are answers."""
    (item,) = rows.filter(config=config, id="sample/train/antibiotics-common-cold").drop("answer", "id").to_dicts()
    ids = [f"sample/train/{number}" for number in range(len(answers))]
    items = [{**item, "id": name, "answer": answer} for name, answer in zip(ids, answers, strict=True)]
    return pl.DataFrame(items, schema=rows.schema)


@pytest.mark.parametrize(
    ("english", "zulu", "observed"),
    [
        (["yes"] * 14 + ["no"] * 14, ["yes"] * 28, 0.0),  # too few to tell
        (["yes"] * 100 + ["no"] * 100, ["yes"] * 60 + ["no"] * 50, 0.0),  # chance
        (["yes"] * 5000 + ["no"] * 5000, ["yes"] * 5300 + ["no"] * 4700, 0.06),  # significant, and too small
        (["yes"] * 100 + ["no"] * 100, ["yes"] * 100, 1.0),
        (["yes"] * 200, ["yes"] * 100 + ["no"] * 100, 1.0),  # an answer that the upstream has not
    ],
)
def test_balance_is_an_effect_where_it_is_significant(
    demo_build: BuildFolder, tmp_path: Path, english: list[str], zulu: list[str], observed: float
) -> None:
    rows = read_rows(demo_build.root)
    both = pl.concat([answered(rows, "english", english), answered(rows, "zulu", zulu)])
    (found,) = judged(tmp_path, both, "balance").filter(config="zulu").to_dicts()
    assert found["observed"] == pytest.approx(observed)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Give 5 mg twice daily.", "give 5 mg  twice daily", True),
        ("Give 5 mg twice daily.", "Give 50 mg twice daily.", False),
        ("Give 1.5 mg.", "Give 15 mg.", False),
        ("Is a value < 5 normal?", "Is a value > 5 normal?", False),
        ("Ṣé ibà ni?", "S\u0323e\u0301 iba\u0300 ni?", True),
        ("Ṣé ibà ni?", "Se iba ni?", False),
    ],
)
def test_texts_are_the_same_but_for_case_marks_and_space(
    demo_build: BuildFolder, one: str, other: str, same: bool
) -> None:
    rows = answered(read_rows(demo_build.root), "english", ["yes", "yes"])
    with connect() as database:
        rows = rows.with_columns(question=pl.Series([one, other]))
        named = {"asked": list(ASKED), "compared": list(COMPARED)}
        keys = query(database, "validate/facts/facts", {"rows": rows}, **named)["text_key"]
    assert (keys[0] == keys[1]) is same


def test_the_order_of_options_and_their_case_make_no_other_text(demo_build: BuildFolder) -> None:
    rows = answered(read_rows(demo_build.root), "english", ["yes", "yes", "yes"])
    options = (("Aspirin", "ibuprofen"), ("Ibuprofen", "aspirin"), ("Aspirin", "morphine"))
    made = [[{"label": label, "text": text} for label, text in zip("AB", texts, strict=True)] for texts in options]
    with connect() as database:
        rows = rows.with_columns(options=pl.Series(made, dtype=rows.schema["options"]))
        named = {"asked": list(ASKED), "compared": list(COMPARED)}
        one, same, other = query(database, "validate/facts/facts", {"rows": rows}, **named)["text_key"]
    assert one == same != other


def balanced(*counts: tuple[str, str, int]) -> pl.DataFrame:
    """Return the fit of answers, of which ``config, answer, items`` are given."""
    answers = pl.DataFrame(counts, schema=["config", "answer", "items"], orient="row")
    place = {"split": pl.lit("train"), "source": pl.lit("a"), "task": pl.lit("mcqa")}
    with connect() as database:
        return query(database, "validate/facts/balance", {"answers": answers.with_columns(**place)})


def test_balance_is_the_chi_square_fit_to_the_config_with_most_items() -> None:
    """Pearson's chi-square and Cramér's V, by hand."""
    english = [("english", answer, 20) for answer in "ABC"]
    found = balanced(*english, ("zulu", "A", 15), ("zulu", "B", 15), ("chinese", "A", 60))
    fits = {row["config"]: row for row in found.iter_rows(named=True)}
    assert {row["reference"] for row in fits.values()} == {"english"}, "of those with as many items, English"
    said = {config: tuple(row[name] for name in ("chi_square", "freedom", "effect")) for config, row in fits.items()}
    assert said["english"] == (0, 2, 0)
    assert said["zulu"] == pytest.approx((15, 2, 0.5))
    assert said["chinese"] == pytest.approx((120, 2, 1))
    (larger,) = balanced(*english, ("zulu", "A", 61)).filter(config="english").to_dicts()
    assert (larger["reference"], larger["freedom"], larger["effect"]) == ("zulu", 1, 1), "answers that zulu has not"
    (rare,) = balanced(("english", "A", 90), ("english", "B", 10), ("zulu", "B", 20)).filter(config="zulu").to_dicts()
    assert (rare["chi_square"], rare["effect"]) == (pytest.approx(180), 1), "never above 1"


def test_a_share_of_few_rows_counts_for_signals_that_withhold_and_not_for_those_that_rank() -> None:
    signals = {"numbers": 1.0, "copy": 0.5}
    limits = pl.DataFrame({"signal": list(signals), "below": [1.0, None], "reason": [None, "copied"]})
    tiers = pl.DataFrame({"config": ["english", "zulu"], "tier": ["high", "low"]})
    flagged = {"numbers": 0.5, "copy": 0.9, "reasons": ["copied"]}
    row = {"config": "zulu", "task": "nli", "origin": "machine", "quality": {**signals, "reasons": list[str]()}}
    rows = [*[row] * 3, row | {"quality": flagged}]
    unjudged = [row | {"config": "english", "quality": flagged}, row | {"origin": "original", "quality": flagged}]
    unmeasured = row | {"quality": {"numbers": None, "copy": 0.5, "reasons": list[str]()}}
    observed = []
    for least in (4, 5):
        with connect() as database:
            frames = {"facts": pl.DataFrame([*rows, *unjudged]), "limits": limits, "tiers": tiers}
            found = query(database, "validate/facts/quality", frames, signals=list(signals), least=least)
            observed.append(dict(found.select("measure", "observed").iter_rows()))
    assert observed == [
        {"copy_low": 0.25, "numbers_low": 0.25, "unmeasured": 0},
        {"copy_low": 0, "numbers_low": 0.25, "unmeasured": 0},
    ]
    with connect() as database:
        frames = {"facts": pl.DataFrame([*rows, unmeasured]), "limits": limits, "tiers": tiers}
        found = query(database, "validate/facts/quality", frames, signals=list(signals), least=4)
    said = {row["measure"]: (row["observed"], row["detail"]) for row in found.iter_rows(named=True)}
    assert said["numbers_low"] == (0.25, "1 of 4 measured rows are flagged by numbers")
    assert said["unmeasured"] == (pytest.approx(0.2), "1 of 5 translated rows were not measured by numbers")


def test_what_is_absent_of_a_source_is_counted_by_items() -> None:
    own = [("zulu", "a", "train", each) for each in "113"]
    facts = [*own, ("zulu", "b", "test", "4"), ("french", "a", "train", "2")]
    known = pl.DataFrame([("a", "train", 3), ("b", "test", 1)], schema=["source", "split", "items"], orient="row")
    with connect() as database:
        rows = pl.DataFrame(facts, schema=["config", "source", "split", "id"], orient="row")
        places = query(database, "validate/facts/places", {"facts": rows})
        found = query(database, "validate/facts/absent", {"places": places, "known": known})
    assert places.filter(config="zulu", source="a").select("rows", "items").rows() == [(3, 2)]
    assert found.select("config", "split", "id", "detail").rows() == [
        ("french", "test", "b", "1 of 1 items are absent"),
        ("french", "train", "a", "2 of 3 items are absent"),
        ("zulu", "train", "a", "1 of 3 items are absent"),
    ]


def test_a_similar_pair_is_a_machine_s_if_either_of_its_own_rows_is() -> None:
    origins = {"a": "machine", "b": "human", "c": "original"}
    facts = pl.DataFrame({"config": "zulu", "id": list(origins), "origin": list(origins.values())})
    pairs = pl.DataFrame(
        [(one, other, kind) for one, other, kind in (("a", "b", "near"), ("b", "c", "near"), ("a", "c", "exact"))],
        schema=["id_a", "id_b", "kind"],
        orient="row",
    ).with_columns(config=pl.lit("zulu"), split_b=pl.lit("test"), similarity=0.9)
    with connect() as database:
        found = query(database, "validate/facts/leaks", {"pairs": pairs, "facts": facts})
    assert found.select("trained", "id", "machine").rows() == [("a", "b", True), ("b", "c", False)]
