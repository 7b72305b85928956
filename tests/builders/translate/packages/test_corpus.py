from pathlib import Path

import pytest

from builders.translate.packages.corpus import Direction, Pair, hold_back, read_corpora, read_corpus
from globmed.errors import UserError

EN_SW, SW_EN = Direction("en", "sw"), Direction("sw", "en")
TMX = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header creationtool="t" creationtoolversion="1" segtype="block" o-tmf="t" adminlang="en"
 srclang="en" datatype="plaintext"/><body>
<tu><tuv xml:lang="en"><seg>fever</seg></tuv><tuv xml:lang="sw"><seg>homa</seg></tuv></tu></body></tmx>"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_the_three_formats_give_the_same_pair(tmp_path: Path) -> None:
    tmx, tsv = written(tmp_path / "a.tmx", TMX), written(tmp_path / "a.tsv", "fever\thoma\n")
    source, target = written(tmp_path / "a.en", "fever\n"), written(tmp_path / "a.sw", "homa\n")
    moses = f"{source},{target}"
    assert [read_corpus(str(each), EN_SW) for each in (tmx, tsv, moses)] == [[Pair("fever", "homa")]] * 3
    assert read_corpora([str(tmx), str(tsv), moses], EN_SW) == [Pair("fever", "homa")]
    assert read_corpus(str(tmx), SW_EN) == [Pair("homa", "fever")]


@pytest.mark.parametrize("header", ["en\tsw\n", "sw\ten\n"])
def test_a_first_row_of_tags_names_the_columns(tmp_path: Path, header: str) -> None:
    row = "fever\thoma\n" if header.startswith("en") else "homa\tfever\n"
    assert read_corpus(str(written(tmp_path / "a.tsv", header + row)), EN_SW) == [Pair("fever", "homa")]


HEADERS = [
    ("source", "target"),
    ("Source", "Target"),
    ("src", "tgt"),
    ("SRC", "TRG"),
    ("en", "sw"),
    ("EN", "SW"),
    ("eng", "swa"),
    ("en-US", "sw-KE"),
    ("English", "Swahili"),
    ("ENGLISH", "Kiswahili"),
    ("en_text", "sw_text"),
    ("text (en)", "text (sw)"),
    ("source_text", "target_text"),
    ("sourceText", "targetText"),
    ("source_en", "target_sw"),
    ("#en", "sw"),
    ('"en"', '"sw"'),
    ("Source text", "Translation"),
    ("English sentences", "Swahili sentences"),
    ("input", "output"),
]


@pytest.mark.parametrize(("source", "target"), HEADERS)
def test_a_header_is_no_pair_and_is_told_in_a_line(tmp_path: Path, source: str, target: str) -> None:
    notes: list[str] = []
    right = written(tmp_path / "a.tsv", f"\ufeff{source}\t{target}\r\nfever\thoma\r\n")
    assert read_corpus(str(right), EN_SW, note=notes.append) == [Pair("fever", "homa")]
    turned = written(tmp_path / "b.tsv", f"{target}\t{source}\nhoma\tfever\n{target}\t{source}\n")
    assert read_corpus(str(turned), EN_SW, note=notes.append) == [Pair("fever", "homa")]
    files = written(tmp_path / "c.en", f"{source}\nfever\n"), written(tmp_path / "c.sw", f"{target}\nhoma\n")
    assert read_corpus("{},{}".format(*files), EN_SW, note=notes.append) == [Pair("fever", "homa")]
    assert [note.partition(": ")[0] for note in notes] == [str(right), str(turned), "{},{}".format(*files)]
    assert all("it is no pair" in note and "\n" not in note for note in notes)


def test_a_header_may_name_more_columns(tmp_path: Path) -> None:
    rows = "id\tSource (Swahili)\tnotes\tTarget (English)\n1\thoma\t\tfever\n"
    assert read_corpus(str(written(tmp_path / "a.tsv", rows)), EN_SW) == [Pair("fever", "homa")]
    with pytest.raises(UserError, match=r"line 3: 2 columns, expected 4 \(as in the first row\)"):
        read_corpus(str(written(tmp_path / "a.tsv", rows + "2\tmafua\n")), EN_SW)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("English", "Kiingereza"),
        ("Swahili", "Kiswahili"),
        ("Target", "Shabaha"),
        ("source", "chanzo"),
        ("Text", "Maandishi"),
        ("The source is English.", "The target is Swahili."),
        ("fever", "homa"),
    ],
)
def test_a_first_row_that_names_no_columns_is_a_pair(tmp_path: Path, source: str, target: str) -> None:
    notes: list[str] = []
    file = written(tmp_path / "a.tsv", f"{source}\t{target}\nfever\thoma\n")
    assert read_corpus(str(file), EN_SW, note=notes.append)[0] == Pair(source, target)
    assert notes == []


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    source = written(tmp_path / "a.en", "one\u2028still one\ntwo\n")
    target = written(tmp_path / "a.sw", "moja\nmbili\n")
    assert len(read_corpus(f"{source},{target}", EN_SW)) == 2


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.tsv", "fever\n", "line 1: 1 columns, expected 2"),
        ("a.tsv", "", "no en-sw pair"),
        ("a.tmx", "<tmx>", "not a TMX file"),
        ("a.csv", "x", "expected one .tmx, one .tsv"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_corpus(str(written(tmp_path / name, text)), EN_SW)


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    one, two = written(tmp_path / "a.en", "one\n"), written(tmp_path / "a.sw", "moja\nmbili\n")
    with pytest.raises(UserError, match="2 lines, expected 1"):
        read_corpus(f"{one},{two}", EN_SW)
    with pytest.raises(UserError, match="no such file"):
        read_corpus(str(tmp_path / "absent.tsv"), EN_SW)
    (tmp_path / "latin.tsv").write_bytes(b"caf\xe9\tx\n")
    with pytest.raises(UserError, match="expected a text file in UTF-8"):
        read_corpus(str(tmp_path / "latin.tsv"), EN_SW)


def test_what_is_held_back_shares_no_source_with_the_rest() -> None:
    pairs = [Pair(f"source {number % 50}", f"target {number}") for number in range(100)]
    rest, held = hold_back(pairs)
    assert sorted(rest + held) == sorted(pairs)
    assert not {pair.source for pair in rest} & {pair.source for pair in held}
    assert hold_back(pairs) == (rest, held)
