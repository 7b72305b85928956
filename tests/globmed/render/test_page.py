"""What a template cannot do, whatever it says and whatever it is given."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards import TEMPLATES
from globmed.errors import UserError
from globmed.render.page import render
from tests.cards.hostile import CONTROLS, LINES
from tests.cards.reading import images, kinds, links

VALUES = {"title": "A title", "items": [1, 2]}


def page(folder: Path, template: str, title: str = "A title") -> str:
    (folder / "hostile.md.jinja").write_text(template, "utf-8", "surrogatepass")
    return render("hostile.md.jinja", VALUES | {"title": title}, folder)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% include '../secret.txt' %}", "secret.txt"),
        ("{% include '/etc/hostname' %}", "hostname"),
        ("{% extends title %}", "A title"),
        ("{{ title.__class__.__mro__ }}", "unsafe"),
        ("{{ ''.__class__.__base__.__subclasses__() }}", "unsafe"),
        ("{{ link.__globals__ }}", "unsafe"),
        ("{{ items.append(3) }}", "unsafe"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("text\n{{ title ", "line 2"),
        ("{% for %}", "line 1"),
        ("<script>alert(1)</script>", "the page has HTML, '<script>"),
        ("before <img src=x onerror=y>", "the page has HTML"),
        ("<!-- hidden -->", "the page has HTML"),
        ("<https://x.org>", "the page has HTML"),
        ("``` <b> ``` and <b>", "the page has HTML"),
        ("```\n<b>\n", "a fence is never closed"),
        ("[x](javascript:alert(1))", "expected a file inside the repository"),
        ("[x](../../secret)", "expected a file inside the repository"),
        ("![x](/etc/passwd)", "expected a file inside the repository"),
        ("[x](http://x.org)", "expected a file inside the repository"),
        ("[x]: ../../secret", "expected a file inside the repository"),
        ("{{ link('x', '../secret') }}", "expected a file inside the repository"),
        ("{{ image('x', 'https://x.org/y.svg') }}", "expected a file inside the repository"),
    ],
)
def test_a_template_that_reaches_out_is_refused_with_one_line(tmp_path: Path, template: str, message: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "cards").mkdir()
    with pytest.raises(UserError) as caught:
        page(tmp_path / "cards", template)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("control", sorted(set(CONTROLS) - {"\n", "\r", "\ud800"}))
def test_a_template_with_hidden_characters_is_refused(tmp_path: Path, control: str) -> None:
    with pytest.raises(UserError, match=r"has the character U\+"):
        page(tmp_path, f"a{control}b")


def test_a_template_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hostile.md.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="correct the template"):
        render("hostile.md.jinja", VALUES, tmp_path)
    with pytest.raises(UserError, match=r"templates/none\.jinja: .*correct the template"):
        render("none.jinja", {}, TEMPLATES)


def test_what_a_card_needs_passes(tmp_path: Path) -> None:
    sound = "# {{ title }}\n\n`<source>/<id>` [a](b.md) [back](../README.md) ![c](figures/d.svg)\n\n```\n<b>\n```\n"
    made = page(tmp_path, sound)
    assert links(made) == ["b.md", "../README.md"]
    assert images(made) == [("figures/d.svg", "c")]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.sampled_from(("{}", "# {}", "- {}", "> {}", "| {} |")))
def test_no_value_makes_a_page_that_is_refused(tmp_path: Path, value: str, around: str) -> None:
    made = page(tmp_path, around.format("{{ title }}"), value)
    assert not kinds(made) & {"html_block", "html_inline", "link_open", "image"}
