"""Add a language to the list: fields that libraries know are filled in, the others have to be given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from builders.language.facts import find_tag, known_facts, members, same_language, script_name
from builders.language.files import CHECKOUT, LIST, write_entry
from builders.language.routes import Route, routes
from globmed.errors import UserError
from globmed.languages import Language, is_sound, read_language, read_languages
from validation.signals.text.script import script

#: Bilingual reviewers wanted for a round, by tier.
REVIEWERS = {"high": 2, "low": 3}
#: The command-line options of the fields.
FLAGS = {field.name: f"--{field.name.replace('_', '-')}" for field in fields(Language)}


@dataclass(frozen=True, slots=True)
class Added:
    """A language that was added to the list.

    Attributes:
        entry: its entry.
        filled: the fields that the user did not give, filled from libraries or with defaults.
        files: the files that were written.
        routes: ways to translate from English into it.
    """

    entry: Language
    filled: tuple[str, ...]
    files: list[Path]
    routes: list[Route]


def add(
    what: str,
    given: Mapping[str, str | int],
    packages: Path,
    index: str | None = None,
    ask: Callable[[str], str] | None = None,
    root: Path = CHECKOUT,
) -> Added:
    """Write the entry of a language, a page and a glossary to fill; all of it or nothing.

    Args:
        what: BCP-47 tag or English name.
        given: fields that are to be as they are given.
        packages: the folder of installed translation packages.
        index: address or file of an index of Argos Translate.
        ask: asks a person for a field; if None, a field that is not known is an error.
        root: the checkout.

    Raises:
        UserError: an unknown language, one that is in the list, or a field that is wrong or not known.
    """
    tag = find_tag(what)
    known = read_languages((root / LIST).read_text("utf-8"))
    _refuse_known(tag, known)
    iso = given.get("iso639_3")
    values: dict[str, str | int] = {"tag": tag, **known_facts(tag, str(iso) if iso else None), **given}
    values.setdefault("tier", "low")
    values.setdefault("reviewers", REVIEWERS.get(str(values["tier"]), 0))
    for name in FLAGS:
        if name not in values and name != "route":
            values[name] = _asked(name, values, ask)
    ways = routes(_checked({"route": "train", **values}, known), packages, index)
    values.setdefault("route", "argos" if any(way.kind == "argos" and way.exists for way in ways) else "train")
    entry = _checked(values, known)
    return Added(entry, tuple(name for name in FLAGS if name not in given), write_entry(entry, root), ways)


def _asked(name: str, values: Mapping[str, str | int], ask: Callable[[str], str] | None) -> str:
    if ask is not None:
        return ask(name)
    several = members(str(values["tag"])) if name in ("iso639_3", "glottocode") else []
    why = f"{values['tag']} is a macrolanguage of {', '.join(several)}" if several else "no library knows it"
    raise UserError(f"{values['tag']}: {name} is missing ({why}): give {FLAGS[name]}")


def _refuse_known(tag: str, known: Mapping[str, Language]) -> None:
    for entry in known.values():
        if same_language(tag) & same_language(entry.tag):
            raise UserError(f"{tag} is in the list already, as {entry.name}; see `globmed languages`")


def _checked(values: Mapping[str, str | int], known: Mapping[str, Language]) -> Language:
    """Return the entry; refuse it if a field is malformed or another language has the same name or code."""
    for name, value in values.items():
        if not is_sound(name, value):
            raise UserError(f"{FLAGS[name]} {str(value)[:60]!r}: not of the form that it has in `globmed languages`")
    entry = read_language(str(values["name"]), {name: value for name, value in values.items() if name != "name"})
    for other in known.values():
        for name in ("name", "tag", "iso639_3", "glottocode"):
            if getattr(entry, name) == getattr(other, name):
                raise UserError(f"{FLAGS[name]} {getattr(entry, name)}: {other.name} has it; give another")
    if script_name(entry.script) is None:
        raise UserError(f"--script {entry.script}: no ISO 15924 script that CLDR knows, such as Latn or Arab")
    try:
        pl.select(script(pl.lit("a"), entry))
    except pl.exceptions.ComputeError as error:
        raise UserError(f"--script {entry.script}: Unicode has no such script; give the one of the texts") from error
    if entry.route == "source":
        raise UserError("--route source: only English is the source language; use argos or train")
    return entry
