import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from builders.review.apply import Applied, apply
from builders.review.plan import Wish, plan
from builders.review.returns import import_returns, sent_items
from builders.review.round import RATINGS, Round
from builders.review.sheets import write_sheets
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.translate.memory import read_tmx
from cards.figures import count_configs
from globmed.errors import UserError
from globmed.languages import language, select
from tests.builders.review.workbooks.filled import Row, fill_csv, read_rows, write_rows
from tests.builders.translate.test_memory import tmx, unit

DOSE = "Take 500 mg of paracetamol and wait 6 hours before you take the next tablet."
NEAR = "Take 500 mg of paracetamol and wait 8 hours before you take the next tablet."
WRONG = "Meza miligramu 5000 za paracetamol na usubiri saa 6 kabla ya kumeza kidonge kinachofuata."
RIGHT = WRONG.replace("5000", "500")
OTHER = RIGHT.replace("Meza", "Kunywa")
QUESTIONS = {
    "a": ("What helps against a headache?", "Nini husaidia dhidi ya maumivu ya kichwa?"),
    "b": ("How much paracetamol may I take?", "Naweza kumeza paracetamol kiasi gani?"),
    "c": ("What helps against a fever?", "Nini husaidia dhidi ya homa?"),
}
ANSWERS = {"a": DOSE, "b": DOSE, "c": NEAR}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return write_sources(tmp_path)


@pytest.fixture
def memory(tmp_path: Path) -> list[Path]:
    return write_memory(tmp_path)


def write_sources(place: Path) -> Path:
    """Three items: two with the same answer, one with nearly the same."""
    folder = place / "sources" / "sample"
    folder.mkdir(parents=True)
    empty = dict.fromkeys(("context", "premise", "hypothesis", "options", "answer"))
    items = [
        {"id": name, "split": "train", "task": "lfqa", "question": QUESTIONS[name][0], "long_answer": answer} | empty
        for name, answer in ANSWERS.items()
    ]
    (folder / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")
    return folder.parent


def write_memory(place: Path) -> list[Path]:
    """A folder for what reviews give, and translations of which one has ten times the dose."""
    units = [unit(english, swahili) for english, swahili in QUESTIONS.values()]
    near = unit(NEAR, RIGHT.replace("6", "8"))
    given = tmx(place / "given.tmx", *units, unit(DOSE, WRONG), near, header='<prop type="origin">machine</prop>')
    (place / "reviewed").mkdir()
    return [place / "reviewed", given]


@pytest.fixture(scope="module")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first-build")
    return build_again(BuildFolder(folder / "build"), write_sources(folder), write_memory(folder)).root


@pytest.fixture
def built(first_build: Path, tmp_path: Path) -> BuildFolder:
    return BuildFolder(Path(shutil.copytree(first_build, tmp_path / "build")))


def build_again(folder: BuildFolder, sources: Path, memory: list[Path]) -> BuildFolder:
    (memory[0] / "empty.tmx").write_text(memory[1].read_text("utf-8").partition("<body>")[0] + "<body/></tmx>", "utf-8")
    build(sources, memory, select("english,swahili"), folder.root)
    return folder


def rows(folder: BuildFolder) -> dict[str, Row]:
    path = folder.rows / "swahili" / "train-sample.parquet"
    return {row["provenance"]["record_id"]: row for row in pl.read_parquet(path).to_dicts()} if path.is_file() else {}


def reviewed(
    built: BuildFolder, out: Path, *edits: str, rating: str | None = None, of: str = WRONG, items: int = 1
) -> Round:
    """Return a round of one item, the one with the wrong dose whose words are rarer, with an edit from each rater."""
    raters = {"swahili": [f"rater{n}" for n, _ in enumerate(edits)]}
    wish = Wish(items=items, risk=0.9, twice=min(1, len(edits) - 1), raters=raters, version="0.1.0")
    plan(built, select("swahili"), out, wish)
    round_ = Round(out)
    write_sheets(round_)
    files = [
        fill_csv(round_.sheets / f"swahili-rater{n}.csv", lambda row, edit=edit: fill(row, of, edit, rating))  # type: ignore[misc]
        for n, edit in enumerate(edits)
    ]
    assert not import_returns(round_, files).refused
    return round_


def fill(row: Row, of: str, edit: str, rating: str | None) -> None:
    row["edit"] = row["edit"].replace(of, edit)
    row.update(dict.fromkeys(("accuracy", "fluency", "completeness"), rating) if rating else {})


def test_an_edit_is_used_wherever_the_text_occurs_and_its_ratings_fill_the_row(
    built: BuildFolder, sources: Path, memory: list[Path], tmp_path: Path
) -> None:
    assert set(rows(built)) == {"c"}, "the two rows with the wrong dose are withheld"
    round_ = reviewed(built, tmp_path / "first", RIGHT, RIGHT, rating="2")
    applied = apply(round_, memory[0])
    after = rows(build_again(built, sources, memory))

    assert after["a"]["long_answer"] == after["b"]["long_answer"] == RIGHT
    assert after["a"]["origin"] == "postedited"
    assert after["b"]["origin"] == "machine", "nobody has seen its question"
    assert after["a"]["review"] == {
        "status": "reviewed",
        "raters": 2,
        "accuracy": 2.0,
        "fluency": 2.0,
        "completeness": 2.0,
        "version": "0.1.0",
    }
    assert after["b"]["review"]["status"] == "unreviewed"
    (config,) = [each for each in count_configs(built.rows) if each.language.name == "swahili"]
    assert config.reviews == {"reviewed": 1, "unreviewed": 2}
    assert config.origins["postedited"] == 1
    assert applied.entries.filter("edited")["raters"].to_list() == [2]


def test_the_memory_says_who_and_when(built: BuildFolder, memory: list[Path], tmp_path: Path) -> None:
    apply(reviewed(built, tmp_path / "first", RIGHT, RIGHT), memory[0])
    path = memory[0] / "reviewed-sw.tmx"
    units = list(read_tmx(path))
    assert [(u.source, u.text, u.origin) for u in units if u.source == DOSE] == [(DOSE, RIGHT, "postedited")]
    assert len(units) == 2, "the question was left as it is by a reviewer who mended the answer"
    text = path.read_text("utf-8")
    assert '<prop type="round">first</prop>' in text
    assert '<prop type="raters">2</prop>' in text
    apply(Round(tmp_path / "first"), memory[0])
    assert path.read_text("utf-8") == text, "once more changes nothing"


def test_near_copies_are_offered_to_the_next_round(built: BuildFolder, memory: list[Path], tmp_path: Path) -> None:
    applied = apply(reviewed(built, tmp_path / "first", RIGHT), memory[0])
    (near,) = applied.near_copies.to_dicts()
    assert (near["source"], near["near"], near["edit"]) == (NEAR, DOSE, RIGHT)
    wish = Wish(items=1, risk=0.9, twice=0, after=tmp_path / "first")
    plan(built, select("swahili"), tmp_path / "second", wish)
    (item,) = Round(tmp_path / "second").read_items().to_dicts()
    assert (item["row"], item["part"]) == (near["row"], "near")


def disputed(built: BuildFolder, memory: list[Path], out: Path) -> Applied:
    return apply(reviewed(built, out, RIGHT, OTHER), memory[0])


def test_two_different_edits_wait_for_a_decision(
    built: BuildFolder, sources: Path, memory: list[Path], tmp_path: Path
) -> None:
    applied = disputed(built, memory, tmp_path / "first")
    assert sorted(applied.disputed["text"]) == sorted([RIGHT, OTHER])
    assert set(rows(build_again(built, sources, memory))) == {"c"}
    decisions = tmp_path / "first" / "disputed.csv"
    table = [row | {"take": "x" if row["edit"] == OTHER else ""} for row in read_rows(decisions)]
    write_rows(decisions, table, tuple(table[0]))
    applied = apply(Round(tmp_path / "first"), memory[0], decisions)
    assert applied.disputed.is_empty()
    after = rows(build_again(built, sources, memory))
    assert after["a"]["long_answer"] == OTHER
    write_rows(decisions, [row | {"take": "x"} for row in table], tuple(table[0]))
    with pytest.raises(UserError, match=r"row 3.*more than one edit"):
        apply(Round(tmp_path / "first"), memory[0], decisions)
    write_rows(decisions, [row | {"take": "x", "edit": "Neither."} for row in table[:1]], tuple(table[0]))
    with pytest.raises(UserError, match=r"row 2.*no rater gave this edit"):
        apply(Round(tmp_path / "first"), memory[0], decisions)


@pytest.mark.parametrize(
    "save",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.replace('","', '";"').encode("utf-8-sig"),
        lambda text: ("sep=;\r\n" + text.replace('","', '";"')).encode("utf-8-sig"),
        lambda text: text.replace("Kunywa", "Kun\u00adywa").replace('"x"', '"x\u200b"').encode("utf-8-sig"),
    ],
)
def test_decisions_are_read_as_spreadsheets_save_them(
    built: BuildFolder, memory: list[Path], tmp_path: Path, save: Callable[[str], bytes]
) -> None:
    disputed(built, memory, tmp_path / "first")
    decisions = tmp_path / "first" / "disputed.csv"
    table = [row | {"take": "x" if row["edit"] == OTHER else ""} for row in read_rows(decisions)]
    text = write_rows(decisions, table, tuple(table[0])).read_text("utf-8-sig")
    decisions.write_bytes(save(text))
    applied = apply(Round(tmp_path / "first"), memory[0], decisions)
    assert applied.disputed.is_empty()
    assert OTHER in applied.entries["text"].to_list()


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"\xe9", "expected UTF-8"), (b"config,key\n1,2\n", "no column source"), (b"", "no column key")],
)
def test_decisions_that_cannot_be_read_are_one_line(
    built: BuildFolder, memory: list[Path], tmp_path: Path, data: bytes, message: str
) -> None:
    disputed(built, memory, tmp_path / "first")
    path = tmp_path / "first" / "disputed.csv"
    path.write_bytes(data)
    with pytest.raises(UserError, match=message) as caught:
        apply(Round(tmp_path / "first"), memory[0], path)
    assert "\n" not in str(caught.value)


def test_edits_that_read_the_same_are_one_edit(built: BuildFolder, memory: list[Path], tmp_path: Path) -> None:
    round_ = reviewed(built, tmp_path / "first", RIGHT + " Ng'ombe…", RIGHT + "\u00a0Ng’ombe...")
    assert apply(round_, memory[0]).disputed.is_empty()


def test_a_decision_is_for_one_language(planned: Round, tmp_path: Path) -> None:
    ratings = [
        {name: sent[name] for name in ("code", "item", "config", "rater")}
        | {"edits": [{"name": text["name"], "text": f"{text['translation']} {sent['rater']}"}]}
        for sent in sent_items(planned).values()
        for text in sent["texts"][:1]
    ]
    pl.DataFrame(ratings, schema=RATINGS).write_parquet(planned.ratings)
    before = apply(planned, tmp_path / "memory").disputed
    both = before.group_by("key").agg(pl.col("config").n_unique()).filter(pl.col("config") == 2)
    assert not both.is_empty(), "some texts are in both languages' items"
    assert before.filter(pl.col("text").str.starts_with(pl.col("translation"))).height == before.height
    path = planned.root / "disputed.csv"
    table = [row | {"take": "x" if row["edit"].endswith("amina") else ""} for row in read_rows(path)]
    after = apply(planned, tmp_path / "memory", write_rows(path, table, tuple(table[0])))
    assert after.disputed.equals(before.filter(config="yoruba"))
    assert after.entries.filter("edited")["text"].str.ends_with("amina").all()


def test_a_text_that_changed_since_has_no_review(
    built: BuildFolder, sources: Path, memory: list[Path], tmp_path: Path
) -> None:
    apply(reviewed(built, tmp_path / "first", RIGHT), memory[0])
    (memory[0] / "reviewed-sw.tmx").unlink()
    memory[1].write_text(memory[1].read_text("utf-8").replace(WRONG, OTHER), "utf-8")
    after = rows(build_again(built, sources, memory))
    assert after["a"]["long_answer"] == OTHER
    assert after["a"]["review"]["status"] == "unreviewed"


def test_a_review_survives_a_later_edit_of_a_text_that_the_row_shares(
    built: BuildFolder, sources: Path, memory: list[Path], tmp_path: Path
) -> None:
    apply(reviewed(built, tmp_path / "first", RIGHT, rating="5"), memory[0])
    before = rows(build_again(built, sources, memory))
    assert {name: row["review"]["status"] for name, row in before.items()} == {
        "a": "reviewed", "b": "unreviewed", "c": "unreviewed"
    }  # fmt: skip
    apply(reviewed(built, tmp_path / "second", OTHER, rating="3", of=RIGHT, items=2), memory[0])
    after = rows(build_again(built, sources, memory))
    assert after["a"]["long_answer"] == after["b"]["long_answer"] == OTHER
    assert after["a"]["review"] == before["a"]["review"], "nobody looked at this row again"
    assert after["b"]["review"]["accuracy"] == after["c"]["review"]["accuracy"] == 3


def test_a_text_that_was_left_is_confirmed_by_good_ratings_alone(
    built: BuildFolder, memory: list[Path], tmp_path: Path
) -> None:
    assert apply(reviewed(built, tmp_path / "bad", WRONG, WRONG, rating="3"), memory[0]).entries.is_empty()
    good = apply(reviewed(built, tmp_path / "good", WRONG, WRONG, rating="4"), memory[0])
    assert set(good.entries["text"]) == {WRONG, QUESTIONS["a"][1]}
    assert not good.entries["edited"].any()


def test_a_withheld_human_translation_is_offered_until_its_raters_find_it_right_or_edit_it(
    sources: Path, memory: list[Path], tmp_path: Path
) -> None:
    memory[1].write_text(memory[1].read_text("utf-8").replace(">machine<", ">human<"), "utf-8")
    built = build_again(BuildFolder(tmp_path / "build"), sources, memory)
    assert set(rows(built)) == {"c"}
    released = {}
    for name, edit, rating in (("bad", WRONG, "3"), ("good", WRONG, "4"), ("edited", RIGHT, "2")):
        apply(reviewed(built, tmp_path / name, edit, rating=rating), memory[0])
        found = rows(build_again(built, sources, memory))
        released[name] = {
            each: (row["origin"], row["long_answer"], row["review"]["status"])
            for each, row in found.items()
            if each != "c"
        }
    (first,) = released["good"]
    other = ({"a", "b"} - {first}).pop()
    assert released["bad"] == {}
    assert released["good"] == {first: ("human", WRONG, "reviewed")}
    assert released["edited"][other] == ("postedited", RIGHT, "reviewed")
    assert released["edited"][first][:2] == ("postedited", RIGHT), "an edit counts wherever the text occurs"


def test_ratings_far_apart_are_disputed(built: BuildFolder, memory: list[Path], tmp_path: Path) -> None:
    round_ = reviewed(built, tmp_path / "first", RIGHT, RIGHT, rating="5")
    ratings = round_.read_ratings()
    apart = ratings.with_columns(fluency=pl.Series([5, 3], dtype=pl.Int64))
    apart.write_parquet(round_.ratings)
    apply(round_, memory[0])
    record = pl.read_parquet(memory[0] / f"reviews-{language('swahili').tag}.parquet")
    assert set(record["status"]) == {"disputed"}
    assert record["name"].value_counts().sort("name").rows() == [("long_answer", 2), ("question", 1)], "and as mended"


def test_of_two_rounds_that_reviewed_a_row_the_later_counts(
    built: BuildFolder, sources: Path, memory: list[Path], tmp_path: Path
) -> None:
    first, second = (
        reviewed(built, tmp_path / name, RIGHT, rating=str(n)) for n, name in ((4, "first"), (5, "second"))
    )
    for round_, expected in ((first, 4), (second, 5), (first, 4)):
        apply(round_, memory[0])
        assert rows(build_again(built, sources, memory))["a"]["review"]["accuracy"] == expected


def test_a_record_that_is_something_else_is_one_line(built: BuildFolder, memory: list[Path], tmp_path: Path) -> None:
    path = memory[0] / "reviews-sw.parquet"
    round_ = reviewed(built, tmp_path / "first", RIGHT)
    pl.DataFrame({"id": ["a"]}).write_parquet(path)
    with pytest.raises(UserError, match="columns id; expected id, name"):
        apply(round_, memory[0])
    path.write_bytes(b"no Parquet")
    with pytest.raises(UserError, match="expected what `globmed review apply` wrote"):
        apply(round_, memory[0])
