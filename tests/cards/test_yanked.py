"""The warning about withdrawn versions."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cards.yanked import with_warning

CARD = "---\nlicense: other\n---\n\n# GlobMed\n\nMedical questions.\n\n# Rows\n"


def test_the_warning_stands_below_the_title_and_names_version_and_reason() -> None:
    card = with_warning(CARD, {"0.10.0": "later", "0.9.1": "a dose was wrong"})
    assert card.index("# GlobMed") < card.index("`v0.9.1`: a dose was wrong") < card.index("`v0.10.0`: later")
    assert card.index("`v0.10.0`") < card.index("Medical questions.")


def test_a_later_warning_takes_the_place_of_the_first_and_none_leaves_the_card_as_it_was() -> None:
    once = with_warning(CARD, {"0.9.1": "a dose was wrong"})
    assert with_warning(once, {"0.9.1": "a dose was wrong"}) == once
    assert with_warning(once, {}) == CARD


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_a_reason_is_text_and_nothing_else(reason: str) -> None:
    card = with_warning(CARD, {"1.0.0": reason})
    assert with_warning(card, {}) == CARD
    said = MarkdownIt().parse(next(line for line in card.splitlines() if "`v1.0.0`" in line).removeprefix("> "))
    inline = next(token for token in said if token.type == "inline")
    assert [child.type for child in inline.children or []] == ["code_inline", "text"]
    assert "".join(child.content for child in inline.children or []) == f"v1.0.0: {reason}"
