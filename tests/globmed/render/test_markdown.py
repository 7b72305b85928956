import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from globmed.errors import UserError
from globmed.render.markdown import (
    code,
    escaped,
    fence,
    image,
    inside,
    line,
    link,
    name,
    prose,
    repository,
    table,
    upstream,
)
from tests.cards.hostile import CONTROLS, LINES
from tests.cards.reading import PARSER, fences, kinds, tables, text, tokens

PARAGRAPH = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


@given(LINES)
def test_a_text_is_a_text_wherever_it_stands(hostile: str) -> None:
    for around in ("{}", "before\n{}", "in a {} line"):
        assert kinds(around.format(escaped(hostile))) <= PARAGRAPH | {"softbreak"}
    shown = "".join(token.content for token in tokens(str(escaped(hostile))) if token.type.startswith("text"))
    assert shown.strip() == hostile.strip()


@given(st.lists(st.tuples(LINES, LINES, st.integers(0, 10**7)), min_size=1, max_size=3))
def test_no_cell_changes_the_number_of_columns(cells: list[tuple[str, str, int]]) -> None:
    made = table(["name", "|title|", "rows"], cells, numbers_from=2)
    assert {each.count("|") for each in made.split("\n")} == {4}
    (found,) = tables(made)[""]
    assert [(a.strip(), b.strip(), int(c.replace(",", ""))) for a, b, c in found[1:]] == [
        (a.strip(), b.strip(), c) for a, b, c in cells
    ]
    assert not kinds(made) & {"html_inline", "html_block", "link_open", "image", "heading_open", "code_inline"}


@given(LINES)
def test_code_is_code_or_text(hostile: str) -> None:
    made = code(hostile)
    assert kinds(made) <= PARAGRAPH | {"code_inline"}
    assert len(table(["a"], [[made]]).split("\n")[2].split("|")) == 3


@given(st.lists(LINES, min_size=1, max_size=5))
@example(["@misc{a,", "```", "# not a heading", "````", "}"])
def test_nothing_in_a_fence_closes_it(lines: list[str]) -> None:
    body = "\n".join(lines)
    made = f"before\n\n{fence(body, 'bibtex')}\n\nafter"
    assert [each.rstrip("\n") for each in fences(made, "bibtex")] == [body]
    assert [token.type for token in PARSER.parse(made)].count("paragraph_open") == 2


@given(LINES, LINES)
def test_a_link_has_one_label_and_one_target(label: str, target: str) -> None:
    try:
        made = link(label, target)
    except UserError:
        return
    opened = [token for token in tokens(made) if token.type == "link_open"]
    assert [token.attrs["href"] for token in opened] == [target]


def test_prose_keeps_code_alone() -> None:
    assert prose("see `origin` and *this*") == "see `origin` and &#42;this&#42;"
    assert prose("a ` alone") == "a &#96; alone"


def test_plain_texts_stay_readable() -> None:
    for plain in ("CC-BY-4.0", "MedQA (USMLE, four options)", "the publisher's LICENSE file is MIT", "0.1.0", "中文"):
        assert escaped(plain) == plain
    assert code("expertqa_med") == "`expertqa_med`"
    assert MarkdownIt("commonmark").render(escaped("a < b & c")) == "<p>a &lt; b &amp; c</p>\n"


@pytest.mark.parametrize("control", CONTROLS)
def test_control_characters_are_refused(control: str) -> None:
    for made in (line, escaped, code, prose):
        with pytest.raises(UserError, match=r"has the character U\+[0-9A-F]{4}; remove it"):
            made(f"a{control}b")
    if control not in "\n\t":
        with pytest.raises(UserError, match="has the character"):
            fence(f"a{control}b")


@pytest.mark.parametrize("path", ["../x", "a/../b", "/etc/passwd", "a b", "", ".git/config", "a//b", "x\ny", "C:\\x"])
def test_paths_that_lead_elsewhere_are_refused(path: str) -> None:
    for made in (inside, lambda each: link("x", each), lambda each: image("x", each)):
        with pytest.raises(UserError, match="expected a file inside the repository"):
            made(path)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "README.md",
        "../x",
        "http://x.org",
        "https://",
        "https://x.org/a b",
        "https://x.org/)[y](z",
        'https://x.org/"',
    ],
)
def test_only_plain_https_addresses_are_linked(address: str) -> None:
    with pytest.raises(UserError):
        upstream(address)
    assert upstream("https://physionet.org/content/mednli/1.0.0/").endswith(
        "(https://physionet.org/content/mednli/1.0.0/)"
    )


def test_names_are_plain() -> None:
    assert name("expertqa_med", "source") == "expertqa_med"
    for wrong in ("", "../x", "Medqa", "a b", "a-b", "x\n", "1a", "ñ"):
        with pytest.raises(UserError, match="expected a name of a-z, 0-9 and _"):
            name(wrong, "source")
    assert repository("globmed/GlobMed") == "globmed/GlobMed"
    for wrong in ("globmed", "a/b/c", "../b", "a/b\n", 'a/"b', "a/b..c"):
        with pytest.raises(UserError, match="expected owner/name"):
            repository(wrong)


def test_a_row_with_other_cells_than_its_header_is_a_slip() -> None:
    with pytest.raises(ValueError, match="another number of cells"):
        table(["a", "b"], [["c"]])
    assert text(PARSER.parse("a `b`")[1]) == "a b"
