"""The page of an item: one document with its style and script, so that a slow connection needs one round trip."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from builders.review.round import DIMENSIONS
from builders.review.serve.saves import Work
from builders.review.sheets import GUIDE, HELP
from globmed.languages import ENGLISH, language
from globmed.render.html import asset, digest, templates

FOLDER = Path(__file__).parent


@cache
def _environment() -> jinja2.Environment:
    return templates(FOLDER)


@cache
def _asset(name: str) -> Markup:
    return asset(FOLDER / name)


@cache
def policy() -> str:
    """Return the Content-Security-Policy: our own style and script, requests to this host only."""
    style, script = (digest(_asset(name)) for name in ("style.css", "script.js"))
    return (
        f"default-src 'none'; style-src '{style}'; script-src '{script}'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def item_page(items: Sequence[Mapping[str, Any]], place: int, saves: Mapping[str, Work]) -> str:
    """Return the page of the item at a place of the reviewer's own list."""
    item = items[place]
    config = language(item["config"])
    work = saves.get(item["code"], Work())
    return (
        _environment()
        .get_template("item.html.jinja")
        .render(
            style=_asset("style.css"),
            script=_asset("script.js"),
            item=item,
            texts=[_shown(text, item, work) for text in item["texts"]],
            work=work,
            dimensions=DIMENSIONS,
            guide=dict(GUIDE),
            help=HELP,
            english=language(ENGLISH),
            target=config,
            direction=config.direction,
            place=place,
            total=len(items),
            done=sum(saves[each["code"]].done for each in items if each["code"] in saves),
            previous=items[place - 1]["code"] if place else None,
            next=items[place + 1]["code"] if place + 1 < len(items) else None,
            agreed=list(zip(item["terms"], item["agreed"], strict=True)),
        )
    )


def list_page(items: Sequence[Mapping[str, Any]], saves: Mapping[str, Work]) -> str:
    """Return the page with the reviewer's items and the state of each."""
    states = [(item["code"], _state(saves.get(item["code"], Work()))) for item in items]
    return (
        _environment()
        .get_template("list.html.jinja")
        .render(
            style=_asset("style.css"),
            script=_asset("script.js"),
            states=states,
            target=language(items[0]["config"]),
            done=sum(state == "done" for _, state in states),
        )
    )


def message_page(title: str, text: str) -> str:
    """Return a page with a message."""
    style = _asset("style.css")
    return _environment().get_template("message.html.jinja").render(style=style, title=title, text=text)


def _state(work: Work) -> str:
    return "done" if work.done else "begun" if work.begun else "open"


def _shown(text: Mapping[str, str], item: Mapping[str, Any], work: Work) -> dict[str, object]:
    """Return a text as the template shows it, with its flagged numbers and terms marked."""
    return {
        "name": text["name"],
        "title": f"Option {text['name']}" if len(text["name"]) == 1 else text["name"].replace("_", " ").capitalize(),
        "source": marked(text["source"], item["missing"], item["terms"]),
        "translation": marked(text["translation"], item["added"], item["agreed"]),
        "edit": work.edits.get(text["name"], text["translation"]),
        "sent": text["translation"],
    }


def marked(text: str, numbers: Sequence[str], terms: Sequence[str]) -> Markup:
    """Return the text, escaped, with numbers and terms in ``<mark>``."""
    parts = [rf"(?P<number>(?<![\d.,])(?:{_either(numbers)})(?![\d]))"] if any(numbers) else []
    parts += [rf"(?P<term>\b(?:{_either(terms)}))"] if any(terms) else []
    if not parts:
        return escape(text)
    made, end = Markup(), 0
    for found in re.finditer("|".join(parts), text, re.IGNORECASE):
        made += escape(text[end : found.start()])
        made += Markup('<mark class="{}">{}</mark>').format(found.lastgroup, found[0])
        end = found.end()
    return made + escape(text[end:])


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True) if word)
