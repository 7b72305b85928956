"""Files translated line by line, on the road that a build's segments take."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from builders.commands.translator import app
from builders.translate.machine.engine import Hardware, Search
from builders.translate.machine.lines import translate_lines
from builders.translate.machine.machine import Machine, translate_pieces
from builders.translate.packages.corpus import Pair
from builders.translate.packages.package import Package
from builders.translate.packages.score import score_package
from builders.translate.segments import with_keys
from builders.translate.sentences.split_segments import build_pieces
from globmed.storage.lines import read_lines

pytestmark = [pytest.mark.slow, pytest.mark.model]
SENTENCE = "Give 12 mg: three, four."
#: More than a model of 512 positions can read at once, and what is no sentence at all.
ODD_LINES = {
    "80 sentences": " ".join([SENTENCE] * 80),
    "1,500 words": "one " * 1_500,
    "5,000 words": "two " * 5_000,
    "a long word": "x" * 3_000,
    "a long word with accents": "é" * 1_000,
    "no spaces": "熱" * 900,
    "a ligature that stands for 18 letters": "ﷺ" * 133,
    "a table of numbers": "5.5 mg " * 300 + "one",
    "a list": "A. Give 7 mg: one.",
    "a quantity": "5 mg",
    "separators": "one\u2028two\x85three\x0bfour\x1cfive",
    "control characters": "Give\x00 5 mg: one\x07.",
    "special tokens": "<pad> </s> <unk> ▁",
    "empty": "",
    "spaces": "   ",
    "a tab": "\t",
    "an ideographic space": "\u3000",
    "nothing that is seen": "\u200b\ufeff\u00ad",
}


def translated(package: Package, folder: Path, data: bytes) -> list[str]:
    """Return the lines that the command writes for the bytes of a file."""
    (folder / "in.txt").write_bytes(data)
    arguments = [package.path, "--in", folder / "in.txt", "--out", folder / "new" / "out.txt", "--threads", "1"]
    CliRunner().invoke(app, ["translate", *map(str, arguments)], catch_exceptions=False)
    return read_lines(folder / "new" / "out.txt")


def of_a_build(package: Package, folder: Path, texts: list[str]) -> list[str]:
    """What the stage of a build makes of the same texts, taking the best hypothesis of each sentence."""
    keyed = with_keys(pl.DataFrame({"text": texts}), "text")
    keyed.write_parquet(folder / "segments.parquet")
    build_pieces(folder / "segments.parquet", folder / "pieces.parquet")
    nothing = pl.DataFrame(schema=dict.fromkeys(("memory_key", "text", "origin"), pl.String))
    machine = Machine(package.path.parent, folder / "store", Search(alternatives=1), Hardware(threads=1))
    made = translate_pieces(pl.read_parquet(folder / "pieces.parquet"), nothing, package, machine)
    found = keyed.select("key", source="text").join(made.select("key", "text"), on="key")
    by_text = dict(found.select("source", "text").iter_rows())
    return [by_text[text] for text in texts]


@pytest.fixture(scope="module")
def made(toy_package: Package, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the command makes of the odd lines."""
    text = "".join(f"{line}\n" for line in ODD_LINES.values())
    found = translated(toy_package, tmp_path_factory.mktemp("odd"), text.encode())
    return dict(zip(ODD_LINES, found, strict=True))


def test_every_line_has_its_translation_that_of_a_build(
    toy_package: Package, tmp_path: Path, made: dict[str, str]
) -> None:
    assert list(made.values()) == of_a_build(toy_package, tmp_path, list(ODD_LINES.values()))


def test_nothing_of_a_long_line_is_lost(toy_package: Package, made: dict[str, str]) -> None:
    (one,), _ = translate_lines(toy_package, [SENTENCE], threads=1)
    assert "12 mg" in one
    assert made["80 sentences"] == " ".join([one] * 80)
    assert len(made["5,000 words"].split()) > 1_000


@pytest.mark.parametrize(
    "name",
    ["empty", "spaces", "a tab", "an ideographic space", "nothing that is seen", "a quantity", "a long word"],
)
def test_what_is_no_language_is_copied(made: dict[str, str], name: str) -> None:
    assert made[name] == ODD_LINES[name]


def test_the_shape_of_a_line_stays(made: dict[str, str]) -> None:
    assert made["a list"].startswith("A. ")
    for separator in "\u2028\x85\x0b\x1c":
        assert separator in made["separators"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_there_are_as_many_lines_as_were_given(toy_package: Package, tmp_path: Path, end: str) -> None:
    lines = [SENTENCE, "", "Give 7 mg: one.", "one\u2028two", SENTENCE, ""]
    found = translated(toy_package, tmp_path, (end.join(lines) + end).encode("utf-8-sig"))
    assert len(found) == len(lines)
    assert found[0] == found[4] == translated(toy_package, tmp_path, SENTENCE.encode())[0]
    assert found[1] == found[5] == ""


def test_an_empty_file_has_no_lines(toy_package: Package, tmp_path: Path) -> None:
    assert translated(toy_package, tmp_path, b"") == []
    assert translated(toy_package, tmp_path, b"\n") == [""]


def test_a_score_reads_lines_of_any_length(toy_package: Package) -> None:
    chrf, bleu = score_package(toy_package, [Pair(line, line) for line in ODD_LINES.values()], threads=1)
    assert 0 <= bleu.score < chrf.score < 100


def test_a_language_that_is_not_listed_is_translated_as_well(toy_package: Package) -> None:
    hausa = replace(toy_package, target="ha")
    assert translate_lines(hausa, [SENTENCE], threads=1)[0] == translate_lines(toy_package, [SENTENCE], threads=1)[0]


@pytest.mark.parametrize(
    ("source", "target", "given", "wanted"),
    [
        ("en", "de", "1.500 g", "1,500 g"),
        ("de", "en", "1,5 mg", "1.5 mg"),
        ("de", "en", "1.500 mL", "1,500 mL"),
        ("de", "es", "1,5 mg", "1,5 mg"),
        ("en", "fi", "0.5 mg", "0,5 mg"),
        ("en", "qaa", "0.5 mg", "0.5 mg"),
    ],
)
def test_a_dose_that_is_copied_is_written_as_in_the_language(
    toy_package: Package, source: str, target: str, given: str, wanted: str
) -> None:
    package = replace(toy_package, source=source, target=target)
    assert translate_lines(package, [given], threads=1) == ([wanted], [True])


def test_a_changed_dose_is_told(toy_package: Package, tmp_path: Path) -> None:
    """The toy model has never seen a number this long."""
    (tmp_path / "in.txt").write_text(f"Give 123456789.25 mg: one.\n{SENTENCE}\n5 mg\n", "utf-8")
    arguments = [toy_package.path, "--in", tmp_path / "in.txt", "--out", tmp_path / "out.txt", "--threads", "1"]
    told = CliRunner().invoke(app, ["translate", *map(str, arguments)], catch_exceptions=False).stdout
    assert "3 lines" in told
    assert "in 1 a number, unit or placeholder may have changed" in told
