"""What is text in a TMX segment, and what its inline codes stand for."""

from xml.etree.ElementTree import Element, SubElement, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.translate.tmx_text import Text, UnreadableError, segment_text


def text(content: str) -> str:
    return segment_text(fromstring(f"<seg>{content}</seg>")).text  # noqa: S314 -- written here


@pytest.mark.parametrize(
    "code",
    [
        "<ph>{nbsp}</ph>",
        "<ph>\u00a0</ph>",
        "<ph> </ph>",
        "<ph>&amp;nbsp;</ph>",
        "<ph>&amp;#160;</ph>",
        "<ph>&amp;#xA0;</ph>",
        "<ph>&amp;thinsp;</ph>",
        "<ph>nbsp</ph>",
        "<ph>[nbsp]</ph>",
        "<ph>&lt;nbsp/&gt;</ph>",
        '<ph type="nbsp"/>',
        '<ph type="x-nbsp" x="1">1</ph>',
        "<ph>\\~</ph>",
        "<ph>\\'a0</ph>",
        "<ph>\\u160?</ph>",
        "<ph>\\tab</ph>",
        "<ut>\\tab </ut>",
        "<ph>&lt;w:tab/&gt;</ph>",
        '<it pos="begin">&lt;text:s text:c="2"/&gt;</it>',
        '<ph>&lt;mq:ch val="&amp;#160;" /&gt;</ph>',
        '<ph>&lt;mq:ch val="nbsp" /&gt;</ph>',
        '<x id="1" equiv-text="base64:Jm5ic3A7"/>',
        '<bpt i="1">&amp;nbsp;</bpt><ept i="1"/>',
    ],
)
def test_a_code_for_white_space_is_a_space(code: str) -> None:
    assert text(f"5{code}mg") == "5 mg"
    assert text(f"5 {code}mg") == text(f"5{code} mg") == text(f"5 {code} mg") == "5 mg"


@pytest.mark.parametrize(
    "code",
    [
        '<ph type="lb"/>',
        '<ph type="x-lb">1</ph>',
        "<ph>&lt;br/&gt;</ph>",
        "<ph>\n  &lt;br class='a' /&gt;\n</ph>",
        "<ph>&lt;BR&gt;</ph>",
        "<ph>&amp;lt;br/&amp;gt;</ph>",
        "<ph>{br}</ph>",
        "<ph>\\n</ph>",
        "<ph>\n</ph>",
        "<ph>\\line</ph>",
        "<ph>&amp;#10;</ph>",
        '<ph>&lt;mq:rxt displaytext="x" val="\\n" /&gt;</ph>',
        "<ut>&lt;br&gt;</ut>",
        '<it pos="begin">&lt;br&gt;</it>',
        '<it pos="end">&lt;/p&gt;</it><it pos="begin">&lt;p&gt;</it>',
        '<ept i="1">&lt;/td&gt;</ept><bpt i="2">&lt;td&gt;</bpt>',
        "<hi><ph>&lt;br/&gt;</ph></hi>",
        '<x id="1" ctype="lb"/>',
        "<br/>",
        '<ph type="lb"/> <ph type="lb"/>',
    ],
)
def test_a_code_for_a_line_break_is_a_line_break(code: str) -> None:
    assert text(f"mg{code}daily") == text(f"mg {code} daily") == "mg\ndaily"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("5<ph>\\endash</ph>10 mg", "5–10 mg"),
        ("5<ph>&amp;#8211;</ph>10 mg", "5–10 mg"),
        ("<ph>&amp;lt;</ph>5 mg", "<5 mg"),
        ("<ph>&lt;</ph> 5 mg", "< 5 mg"),
        ("<ph>≥</ph>5", "≥5"),
        ("<ph>\\u8805?</ph>5", "≥5"),
        ("COVID<ph>\\_</ph>19", "COVID\u201119"),
        ("co<ph>&amp;shy;</ph>operate", "cooperate"),
    ],
)
def test_a_code_for_a_character_is_that_character(content: str, expected: str) -> None:
    assert text(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('Take <bpt i="1">&lt;b&gt;</bpt>5 mg<ept i="1">&lt;/b&gt;</ept>.', "Take 5 mg."),
        ('para<bpt i="1">{}</bpt>cet<ept i="1">{}</ept>amol', "paracetamol"),
        ("para<ph>&lt;b&gt;</ph>cet<ph>&lt;/b&gt;</ph>amol", "paracetamol"),
        ("B<bpt i='1'>&lt;sub&gt;</bpt>12<ept i='1'>&lt;/sub&gt;</ept>", "B12"),
        ("cm<sup>2</sup>", "cm2"),
        ("<ut>{\\b </ut>Take<ut>}</ut> 5 mg", "Take 5 mg"),
        ('Take <hi type="x">5 <hi>mg</hi> daily</hi>', "Take 5 mg daily"),
        ('<g id="1">Take</g> <mrk mtype="x">5 mg</mrk>', "Take 5 mg"),
        ('Take<ph x="1"/> 5 mg<ph x="2"/>.', "Take 5 mg."),
        ("Take 5 mg<ph>fn<sub>a note with <hi>10 mg</hi></sub></ph> daily", "Take 5 mg daily"),
        ('服用<ph x="1"/>5<ph x="2"/>毫克', "服用5毫克"),
        ("", ""),
        ("<ph/>", ""),
    ],
)
def test_formatting_and_what_flows_below_leave_no_trace(content: str, expected: str) -> None:
    assert text(content) == expected


@pytest.mark.parametrize("variable", ["{0}", "{count}", "{{x}}", "${dose}", "%s", "%1$s", "%(dose)s", "%d"])
def test_a_variable_stays(variable: str) -> None:
    assert text(f"Take <ph>{variable}</ph> mg") == f"Take {variable} mg"


@pytest.mark.parametrize(
    "content",
    [
        'mg<ph x="1"/>daily',
        'mg.<ph x="1"/>Daily',
        "mg<x id='1'/>daily",
        "mg<ut>?{1}</ut>daily",
        '5<ph x="1"/>mg',
        '5<ph x="1"/>10 mg',
        'Take 5.<ph x="1"/>10 days',
        "10<sup>9</sup>/L",
        '10<bpt i="1">&lt;sup&gt;</bpt>−9<ept i="1">&lt;/sup&gt;</ept>',
        "1<b>0</b> mg",
        "H<sub>2</sub>O",
        '<g id="1">5 mg</g><g id="2">daily</g>',
        "<cell>5 mg</cell><cell>daily</cell>",
    ],
)
def test_a_code_never_joins_two_words_or_numbers(content: str) -> None:
    with pytest.raises(UnreadableError, match="a code between"):
        text(content)


def test_codes_of_unknown_meaning_are_counted() -> None:
    segment = fromstring('<seg><ph x="1"/>Take <ph>{b}</ph>5 mg<ph>{/b}</ph> <x id="2"/></seg>')  # noqa: S314
    assert segment_text(segment) == Text("Take 5 mg", 2)


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12)
CODES = st.sampled_from(["bpt", "ept", "it", "ph", "ut", "x"])
CONTENT = st.sampled_from(["", "<b>", "</b>", "<br/>", "&nbsp;", "{\\b ", "}", "\\~", "{0}", "?", " ", "{}"]) | WORDS


@given(st.lists(st.tuples(WORDS, CODES, CONTENT), max_size=6), WORDS)
def test_what_is_no_code_stays_in_its_order(parts: list[tuple[str, str, str]], last: str) -> None:
    segment = Element("seg")
    segment.text = parts[0][0] if parts else last
    for place, (_, code, content) in enumerate(parts):
        inner = SubElement(segment, code)
        inner.text = content
        inner.tail = parts[place + 1][0] if place + 1 < len(parts) else last
    try:
        read = iter("".join(segment_text(segment).text.split()))
    except UnreadableError:
        return
    plain = "".join("".join([*(each for each, _, _ in parts), last]).split())
    assert all(mark in read for mark in plain), "each is found after the one before it"


def test_hostile_segments_cost_no_more_than_their_size() -> None:
    assert text(" " * 100_000 + "x") == "x"
    assert text("a " + "<ph x='1'/> " * 20_000 + "b") == "a b"
    assert text("a <ph>" + "\\b " * 20_000 + "!</ph> b") == "a b"
