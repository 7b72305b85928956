"""Lines of text files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.errors import UserError
from globmed.storage.lines import join_lines, read_lines, split_lines

#: What `str.splitlines` takes for the end of a line, and no text file has for one.
INSIDE = ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"]


@pytest.mark.parametrize("character", INSIDE)
def test_a_separator_inside_a_text_ends_no_line(character: str) -> None:
    text = f"one{character}still one\ntwo{character}\n"
    assert split_lines(text) == [f"one{character}still one", f"two{character}"]
    assert len(text.splitlines()) > 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_each_of_the_three_ends_ends_a_line(end: str, last: bool) -> None:
    lines = ["one", "", "three"]
    assert split_lines(end.join(lines) + end * last) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", []), ("\n", [""]), ("\r\n\r\n", ["", ""]), ("a\n\n", ["a", ""]), ("a\r\rb", ["a", "", "b"])],
)
def test_empty_lines_are_lines(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(["\n", "\r", *INSIDE]))))
def test_as_many_lines_are_read_as_were_written(lines: list[str]) -> None:
    assert len(split_lines(join_lines(lines))) == len(lines)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"))))
def test_lines_come_back_as_they_were(lines: list[str]) -> None:
    assert split_lines(join_lines(lines)) == lines


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "marked.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    assert read_lines(tmp_path / "marked.txt") == ["one", "two"]


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"absent\.txt: cannot be read"):
        read_lines(tmp_path / "absent.txt")
    (tmp_path / "latin.txt").write_bytes("café".encode("latin-1"))
    with pytest.raises(UserError, match="at byte 3, expected a text file in UTF-8"):
        read_lines(tmp_path / "latin.txt")
    with pytest.raises(UserError, match="cannot be read"):
        read_lines(tmp_path)
