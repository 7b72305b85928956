"""Markdown of strangers: what is kept, and that nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.hub.pages.sandbox.markdown import render, render_all
from tests.globmed.hub.pages.reading import Page

LINKS, IMAGES = "/datasets/a/b/blob/main/", "/datasets/a/b/image/main/"


def made(text: str, folder: str = "") -> Page:
    return Page(render(text, LINKS, IMAGES, folder))


def test_a_card_is_rendered_below_the_headings_of_its_page() -> None:
    page = made("---\nlanguage: sw\n---\n# Title\n\n## Load\n\n| a | b |\n|---|--:|\n| *1* | 2 |\n\n~~old~~ `code`\n")
    assert [(each.tag, each.text) for each in page.elements if each.tag in ("h2", "h3")] == [
        ("h2", "Title"),
        ("h3", "Load"),
    ]
    assert "language" not in render("---\nlanguage: sw\n---\ntext", LINKS, IMAGES)
    assert [each.text for each in page.all("td")] == ["1", "2"]
    assert [each.attributes.get("align") for each in page.all("td")] == [None, "right"]
    (region,) = page.all("div")
    assert (region.attributes["role"], region.attributes["tabindex"]) == ("region", "0")
    assert [each.tag for each in page.elements if each.text == "old"] == ["s"]


@pytest.mark.parametrize(
    ("target", "folder", "leads"),
    [
        ("languages/sw.md", "", LINKS + "languages/sw.md"),
        ("./sw.md#load", "languages", LINKS + "languages/sw.md#card-load"),
        ("../README.md", "languages", LINKS + "README.md"),
        ("../../../../etc/passwd", "", LINKS + "etc/passwd"),
        ("a%20b.md", "", LINKS + "a%20b.md"),
        ("#load", "", "#card-load"),
        ("https://example.org/?a=1", "", "https://example.org/?a=1"),
        ("mailto:someone@example.org", "", "mailto:someone@example.org"),
        ("//example.org/x", "", None),
        ("/\\example.org/x", "", LINKS + "%5Cexample.org/x"),
        ("ftp://example.org/x", "", None),
    ],
)
def test_where_links_lead(target: str, folder: str, leads: str | None) -> None:
    (link,) = made(f"[text](<{target}>)", folder).all("a")
    assert link.attributes.get("href") == leads


@pytest.mark.parametrize(
    ("target", "asked"),
    [("plots/a.svg", IMAGES + "plots/a.svg"), ("https://example.org/a.png", None), ("//example.org/a.png", None)],
)
def test_images_of_other_hosts_are_not_fetched(target: str, asked: str | None) -> None:
    for text in (f"![alt]({target})", f'<img alt="alt" src="{target}">'):
        (image,) = made(text).all("img")
        assert (image.attributes.get("src"), image.attributes["alt"]) == (asked, "alt")


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](<data:text/html;base64,PHNjcmlwdD4=>)",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
    "<iframe src=//example.org></iframe>",
    "<form action=//example.org><input name=token></form>",
    "<style>main { display: none }</style>",
    "<base href=//example.org>",
    "<link rel=stylesheet href=//example.org>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<div style='position: fixed' class='top' id='main'>x</div>",
    "<video poster=//example.org src=//example.org></video>",
    "<table background=//example.org><tr><td>x</td></tr></table>",
    "<h2 id=main>x</h2>",
    "```html\n<script>alert(1)</script>\n```",
    "[x]: javascript:alert(1)\n\n[x]",
    "<p title='<script>alert(1)</script>'>x</p>",
)


def harmless(page: Page) -> None:
    forbidden = {"script", "iframe", "form", "input", "style", "base", "link", "meta", "svg", "math", "video", "object"}
    assert not [each for each in page.elements if each.tag in forbidden]
    for each in page.elements:
        assert not [name for name in each.attributes if name.startswith("on") or name in ("style", "background")]
        assert each.attributes.get("id", "card-").startswith("card-")
        assert each.attributes.get("class", "scroll") in ("scroll", "")
        assert each.attributes.get("src", IMAGES).startswith(IMAGES)
        leads = each.attributes.get("href", "#")
        assert leads.startswith(("#", LINKS, "http://", "https://", "mailto:"))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_hostile_card_runs_or_asks_another_host(text: str) -> None:
    harmless(made(text))
    harmless(made(f"text {text} text"))


@given(st.lists(st.sampled_from([*HOSTILE, "\n", "\n\n", "> ", "- ", "`", "|", "<", ">", '"', "'", "&lt;", "x"])))
def test_nor_of_any_mixture(parts: list[str]) -> None:
    harmless(made("".join(parts)))


def test_comments_have_no_front_matter() -> None:
    first, second = render_all(["---\nkept\n---\nmore", "**b**"], LINKS, IMAGES)
    assert "kept" in first
    assert second == "<p><strong>b</strong></p>\n"
