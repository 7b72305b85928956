"""What of a segment is translated, and what stays."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.translate.sentences.layout import LONGEST, take_apart
from builders.translate.sentences.splitter import Splitter

SPLIT = Splitter().split_sentences
LINES = st.lists(
    st.sampled_from(
        ["A. ", "(b) ", "12) ", "- ", "  ", "\t", " | ", "\n", "\r\n", "\u2028", "5 mg", "0.5–1.2 mmol/L", "pH = 7.4",
         "Take care. ", "Is it so? ", "E. coli grows. ", "熱がある。", "", "x"]
    )
    | st.text(max_size=30)
)  # fmt: skip


def translated(text: str) -> list[str]:
    return [sentence for piece in take_apart(text, SPLIT) for sentence in piece.sentences]


@given(LINES.map("".join))
def test_the_pieces_are_the_segment(text: str) -> None:
    pieces = take_apart(text, SPLIT)
    assert pieces and "".join(piece.text for piece in pieces) == text
    for sentence in (sentence for piece in pieces for sentence in piece.sentences):
        assert 0 < len(sentence.encode()) <= LONGEST
        assert len(normalize("NFKC", sentence).encode()) <= LONGEST


@given(st.text("ab ;,:é熱", max_size=2_000))
def test_a_long_sentence_is_cut_and_loses_no_letter(text: str) -> None:
    parts = [
        part for piece in take_apart(text, lambda paragraph: [paragraph]) for part in piece.sentences or (piece.text,)
    ]
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part.encode()) <= LONGEST for part in parts)


@pytest.mark.parametrize("space", [" ", "  ", ""])
def test_no_cut_parts_a_number_from_its_unit_or_its_digits(space: str) -> None:
    dose = f"1,500.25{space}mg"
    for text in (f"{'a ' * length}{dose} {'b ' * 300}" for length in range(150, 250)):
        assert "".join(part + " " for part in translated(text)).count(f"{dose} ") == 1
    for text in (f"{'熱' * length}服用1500.25毫克{'咳' * 200}" for length in range(80, 150)):
        assert any("1500.25毫克" in part for part in translated(text))


@pytest.mark.parametrize(
    "text",
    ["5.5 mg " * 3_000 + "in all", "2 x 10 " * 3_000 + "in all", "/" * 30_000 + "in", f"a{' ' * 30_000}b in all"],
)
def test_a_long_table_is_read_at_once(text: str) -> None:
    """Each number could be read in two ways: all ways together took longer than anybody waits."""
    assert "".join(piece.text for piece in take_apart(text, SPLIT)) == text


@pytest.mark.parametrize("text", ["x" * 1_000, "https://example.org/" + "a%20" * 200])
def test_one_word_of_no_language_is_copied(text: str) -> None:
    assert translated(text) == []
    assert len(translated(f"{text} grows")) > 1


def test_a_long_sentence_is_cut_after_a_semicolon() -> None:
    first, second = "one, two, three " * 18, "four, five six " * 12
    assert translated(f"{first}; {second}") == [f"{first};", second.strip()]


@pytest.mark.parametrize(
    "text",
    ["", "  ", "\n\n", "5 mg", "0.5–1.2 mmol/L", "<5%", "120/80 mmHg", "6.02 × 10^23", "2, 4, 3, 1.", "pH = 7.4",
     "CO2 + H2O → H2CO3", "—", "25-50%", "(a) 5 mg"],
)  # fmt: skip
def test_nothing_to_translate(text: str) -> None:
    assert translated(text) == []


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A. Fever", ["Fever"]),
        ("(b) fever\n(c) cough", ["fever", "cough"]),
        ("1. Rest.\n2. Drink.\n\n- Wait.", ["Rest.", "Drink.", "Wait."]),
        ("Drug | Dose\nAspirin | 100 mg", ["Drug", "Dose", "Aspirin"]),
        ("Weight\t70 kg", ["Weight"]),
        ("E. coli", ["E. coli"]),
        ("S. aureus in blood", ["S. aureus in blood"]),
        ("A man of 40", ["A man of 40"]),
        ("I have a cold", ["I have a cold"]),
        ("5 mg a day", ["5 mg a day"]),
        ("insulin = 5", ["insulin = 5"]),
        ("Fever. Cough? No.", ["Fever.", "Cough?", "No."]),
        ("IV. Fluids", ["Fluids"]),
        ("vitamin C", ["vitamin C"]),
    ],
)
def test_what_is_translated(text: str, sentences: list[str]) -> None:
    assert translated(text) == sentences
