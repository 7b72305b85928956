"""HTML becomes plain text, and what only looks like it stays."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.sources.audit.markup import plain

MARKUP = [
    ("a pH &lt; 7.2 &amp; rising", "a pH < 7.2 & rising"),
    ("&amp;lt;5 mg", "<5 mg"),
    ("10<sup>9</sup>/L and H<sub>2</sub>O", "10⁹/L and H₂O"),
    ("10<sup>-3</sup>", "10⁻³"),
    ("x<sup>Q</sup>", "x^Q"),
    ("x<sub>max</sub>, V<sub>Qz</sub>", "xₘₐₓ, V_(Qz)"),
    ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
    ("a<br>b<br/>c", "a\nb\nc"),
    ("<b>bold</b>face", "boldface"),
    ("<table><tr><td>Na</td><td>140</td></tr></table>", "Na\t140"),
    ('<span style="color:red">red</span>', "red"),
    ("caf&eacute;&nbsp;&#39;x&#x27;", "café\xa0'x'"),
]


@pytest.mark.parametrize(("text", "wanted"), MARKUP)
def test_markup_becomes_text(text: str, wanted: str) -> None:
    assert plain(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "a viscosity <or = 1.8 mPa s and OR = 10 or> 5",
        "if a<b and b>c",
        "a<b>c",
        "Smith &Jones; R&D; &unknown;",
        "<Evidence> <Potassium>",
        "&#0; &#xD800; &#x110000;",
        "p<0.05",
    ],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert plain(text) == text


@given(st.text())
def test_no_text_is_an_error_and_one_without_a_sign_stays(text: str) -> None:
    plain(text)
    bare = text.replace("<", "").replace("&", "")
    assert plain(bare) == bare


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"])))
def test_an_escaped_text_is_the_text(text: str) -> None:
    assert plain(html.escape(text)) == plain(text)
