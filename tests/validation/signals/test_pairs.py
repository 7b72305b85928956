"""Scoring anyone's sentence pairs."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from globmed.errors import UserError
from globmed.languages import language
from tests.conftest import Globmed
from validation.signals.pairs import read_pairs, score_pairs, text_reasons

PAIRS = [
    ("Take 5 mg twice a day.", "Kunywa 5 mg mara mbili kwa siku."),
    ("Take 5 mg twice a day.", "Kunywa 50 mg mara mbili kwa siku."),
    ("The wound is clean and dry.", "Кровь на ране уже не течёт."),
    ("The wound is clean and dry.", "Kidonda ni safi na kikavu."),
]


def tsv(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_rows_come_out_in_order_with_signals_reasons_and_critical(tmp_path: Path, globmed: Globmed) -> None:
    lines = "".join(f"{source}\t{target}\n" for source, target in PAIRS)
    file = tsv(tmp_path / "pairs.tsv", f"source\ttarget\n{lines}")
    done = globmed("signals", "--pairs", file, "--from", "en", "--to", "sw", "--out", tmp_path / "out.parquet")
    assert done.returncode == 0, done.stderr
    scored = pl.read_parquet(tmp_path / "out.parquet")
    assert list(zip(scored["source"], scored["target"], strict=True)) == PAIRS
    assert scored["critical"].to_list() == [False, True, True, False]
    assert "number_changed" in scored["reasons"][1].to_list()
    assert "script" in scored["reasons"][2].to_list()
    assert scored["reasons"][0].to_list() == []
    assert scored["numbers"].to_list()[0] == 1.0


def test_a_glossary_and_back_translations_add_their_signals(tmp_path: Path, globmed: Globmed) -> None:
    header = "source\ttarget\tback\n"
    english = "Kidney stones may harm the liver."
    lost = f"{english}\tMawe ya moyo yanaweza kudhuru mapafu.\tBuses went up again in town.\n"
    kept = f"{english}\tMawe ya figo yanaweza kudhuru ini la mtu.\t{english}\n"
    file = tsv(tmp_path / "pairs.tsv", f"{header}{lost}{kept}")
    terms = tsv(tmp_path / "terms.csv", "source,target\nkidney stone,mawe ya figo\nliver,ini la mtu\n")
    ways = ["--from", "en", "--to", "sw", "--out", tmp_path / "out.parquet"]
    done = globmed("signals", "--pairs", file, "--glossary", terms, *ways)
    assert done.returncode == 0, done.stderr
    scored = pl.read_parquet(tmp_path / "out.parquet")
    assert scored["terminology"].to_list() == [0.0, 1.0]
    assert scored["round_trip"].to_list()[1] == 1.0
    assert [each.to_list() for each in scored["reasons"]] == [["terminology", "round_trip"], []]
    assert scored["critical"].to_list() == [False, False]  # neither may ever block
    wrong = globmed("signals", "--pairs", file, "--glossary", tsv(tmp_path / "wrong.csv", "a,b\n"), *ways)
    assert wrong.returncode == 2
    assert "wrong.csv, line 1: 'a,b', expected the header" in wrong.stderr


def test_without_them_their_columns_are_not_there(tmp_path: Path) -> None:
    scored = score_pairs(read_pairs(tsv(tmp_path / "p.tsv", "source\ttarget\na\tb\n")), language("en"), language("sw"))
    assert {"terminology", "round_trip"}.isdisjoint(scored.columns)


def test_no_pairs_are_no_rows(tmp_path: Path) -> None:
    pairs = read_pairs(tsv(tmp_path / "empty.tsv", "source\ttarget\tback\n"))
    glossary = pl.DataFrame({"source": ["kidney"], "target": ["figo"]})
    assert score_pairs(pairs, language("en"), language("sw"), glossary).height == 0


#: What `str.splitlines` takes for the end of a line, and no text file has for one.
INSIDE = ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"]


@pytest.mark.parametrize("separator", INSIDE)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_separator_inside_a_text_is_text(tmp_path: Path, separator: str, end: str) -> None:
    pairs = [(f"one{separator}two{separator}", "moja"), ("three", f"{separator}tatu")]
    rows = ["source\ttarget", *("\t".join(pair) for pair in pairs)]
    (tmp_path / "pairs.tsv").write_bytes(end.join(rows).encode())
    assert read_pairs(tmp_path / "pairs.tsv").rows() == pairs
    wrong = [*rows, "no translation"]
    (tmp_path / "wrong.tsv").write_bytes(end.join(wrong).encode())
    with pytest.raises(UserError, match="line 4: 0 tabs"):
        read_pairs(tmp_path / "wrong.tsv")


@pytest.mark.parametrize("last", ["", "\n", "\n\n\n", "\n  \n", "\r\n\r\n"])
def test_blank_last_lines_are_passed_over(tmp_path: Path, last: str) -> None:
    (tmp_path / "pairs.tsv").write_bytes(f"source\ttarget\none\tmoja\ntwo\t{last}".encode())
    assert read_pairs(tmp_path / "pairs.tsv").rows() == [("one", "moja"), ("two", "")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"line 1: ''"),
        ("source\ttarget\na\tb\n\nc\td\n", "line 3: 0 tabs"),
        ("source,target\na,b\n", "expected the header"),
        ("source\ttarget\na\tb\nonly one\n", "line 3: 0 tabs"),
        ("source\ttarget\na\tb\tc\n", "line 2: 2 tabs"),
        ("source\ttarget\tback\na\tb\n", "line 2: 1 tabs, expected source<TAB>target<TAB>back"),
    ],
)
def test_another_form_is_an_error_that_names_the_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_pairs(tsv(tmp_path / "wrong.tsv", text))


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "latin.tsv").write_bytes("source\ttarget\ncafé\té\n".encode("latin-1"))
    with pytest.raises(UserError, match="at byte 17, expected a text file in UTF-8"):
        read_pairs(tmp_path / "latin.tsv")


# Scoring costs by the call rather than by the pair.
@settings(max_examples=12)
@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=60))
def test_any_text_is_scored(pairs: list[tuple[str, str]]) -> None:
    frame = pl.DataFrame(pairs, schema={"source": pl.String, "target": pl.String}, orient="row")
    for tag in ("sw", "zh", "ja"):
        scored = score_pairs(frame, language("en"), language(tag))
        assert scored.height == len(pairs)
        assert scored["critical"].null_count() == 0


def test_the_reasons_of_a_text_are_those_that_withhold_it_besides_numbers() -> None:
    sources = ["Give it orally after 5 days.", "Give it orally.", "Give it orally."]
    targets = ["Mpe kwa mdomo baada ya siku 50.", "Mpe kwa mshipa.", "请让病人口服这种药然后好好休息"]
    found = text_reasons(pl.DataFrame({"source": sources, "target": targets}), language("english"), language("swahili"))
    assert [sorted(each) for each in found.to_list()][:2] == [[], ["facts"]]
    assert "script" in found[2]
