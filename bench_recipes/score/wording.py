"""Normalize texts for comparison, and read the words of ``words.toml`` that state an answer."""

import ast
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from globmed.errors import UserError
from globmed.prompts import CLOSED, asked

#: Words that join a letter to what follows it.
JOINING = ("because", "after", "or")
LISTS = (*JOINING, *CLOSED, "refusal")
PATTERNS = (
    *("answer", "correct", "option", "it_is", "copula", "so", "lead", "not", "but"),
    *("rejected", "right", "wrong", "wrote", "hedge", "retract"),
)
#: Diacritics as part of a letter, or after it.
LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ\u0300-\u036f]+")
#: Cyrillic and Greek letters that look like a label, and enclosed letters without a normal form.
LOOK_ALIKE = str.maketrans("АВСЕΑΒΕ", "ABCEABE") | {
    start + place: chr(ord("A") + place) for start in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)
}
#: Circled digits, ten of each kind, as ⟨1⟩.
CIRCLED = {start + place: f"⟨{place + 1}⟩" for start in (0x2460, 0x2474, 0x2776, 0x2780, 0x278A) for place in range(10)}
KEYCAP = re.compile(r"(\d)\ufe0f?\u20e3")
#: Struck through: retracted.
STRUCK = re.compile(r"~~.*?~~|<(s|del|strike)>.*?</\1>", re.S)
LINE_TAGS = re.compile(r"</?(?:p|br|li|ul|ol|div|h\d|tr)\b[^<>]*>", re.I)
TAGS = re.compile(r"</?(?:b|strong|em|i|u|span|code|mark|sup|sub|font|center|kbd|a)\b[^<>]*>", re.I)
MARKUP = re.compile(r"[*_`#$]+|\\[a-zA-Z]+\b|\\(?=[()\[\]{}])|\ufe0f|\u200b|\ufeff")
#: A letter in single quotes, which may be apostrophes elsewhere.
QUOTED = re.compile(r"(?<!\w)'(\w)'(?!\w)")
SPACES = re.compile(r"[^\S\n]+")
#: Marks that contain only the answer.
BOXED = re.compile(r"(?:\\|\b)(?:boxed|fbox|framebox)\s*\{")
#: A LaTeX command that indicates a formula, not a text: its letters are symbols.
SYMBOL = re.compile(r"\\(?!text|math|bf|rm|operatorname)[A-Za-z]{2,}")
TAGGED = re.compile(
    r"<(?P<tag>[\w-]{2,30})(?:\s[^<>]*)?>(?P<text>[^<>]*)(?:</(?P=tag)>|\Z)"
    r"|\[(?P<name>[\w-]{2,30})\](?P<within>[^\[\]]*)\[/(?P=name)\]",
    re.I,
)


@cache
def words() -> Mapping[str, Mapping[str, Any]]:
    """Read and check the table of ``words.toml``.

    Raises:
        UserError: a missing or unknown language or key.
    """
    table = tomllib.loads(files("bench_recipes.score").joinpath("words.toml").read_text("utf-8"))
    if table.keys() != set(asked()):
        raise UserError(f"words.toml has {', '.join(table)}; expected every language that has prompts")
    for name, entry in table.items():
        if entry.keys() != {*PATTERNS, *LISTS}:
            raise UserError(f"words.toml: [{name}] has {sorted(entry)}; expected {sorted((*PATTERNS, *LISTS))}")
    return table


@cache
def any_of(key: str, *names: str) -> str:
    """Return a pattern for any word of a key, in some or all languages."""
    entries = [words()[name] for name in names if name in words()] if names else list(words().values())
    if key in LISTS:
        known = {re.escape(word) for entry in entries for word in entry[key]}
        return "(?:" + "|".join(sorted(known, key=len, reverse=True)) + ")"
    return "(?:" + "|".join(dict.fromkeys(entry[key] for entry in entries)) + ")"


def clean(text: str) -> str:
    """Remove markup and the diacritics of Latin words, and replace full-width forms; line breaks are kept."""
    text = TAGS.sub("", LINE_TAGS.sub("\n", STRUCK.sub(" ", text)))
    text = MARKUP.sub(" ", KEYCAP.sub(r"(\1)", text).translate(CIRCLED))
    text = unicodedata.normalize("NFKC", text).translate(LOOK_ALIKE).replace("’", "'").replace("‘", "'")
    text = QUOTED.sub(r'"\1"', text)
    return SPACES.sub(" ", _unmarked(text, at_least=2)).strip()


def plain(text: str) -> str:
    """Return the text in lower case, without diacritics on Latin words, runs of white space as one space."""
    return " ".join(_unmarked(unicodedata.normalize("NFKC", text)).casefold().split())


def contained(text: str) -> tuple[list[str], str]:
    r"""Return the contents of answer fields (JSON, XML, ``\boxed``), and the text without them."""
    found: list[str] = []
    for cut in (_from_json, _from_tags, _from_boxes):
        pieces, start = [], 0
        for begin, end, content in cut(text):
            found.append(content)
            pieces.append(text[start:begin])
            start = end
        text = "\n".join([*pieces, text[start:]])
    return [content for content in found if content.strip()], text


def _from_json(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the JSON objects with a key that names the answer."""
    decoder, end = json.JSONDecoder(strict=False), 0
    for match in re.finditer(r"\{", text):
        if match.start() < end:
            continue
        try:
            found, stop = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            stop = text.find("}", match.start()) + 1
            found = _literal(text[match.start() : stop])
        if told := list(dict.fromkeys(_told(found))):
            end = stop
            yield match.start(), end, "\n".join(told)


def _literal(text: str) -> dict[str, Any]:
    """Parse an object in Python's notation."""
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return {}
    return found if isinstance(found, dict) and all(isinstance(key, str) for key in found) else {}


def _told(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts under keys that name the answer; all of those in a list."""
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _told(value)
        elif _names_answer(key) and isinstance(value, str | list):
            yield value if isinstance(value, str) else ", ".join(map(str, value))


def _from_tags(text: str) -> Iterator[tuple[int, int, str]]:
    for match in TAGGED.finditer(text):
        if _names_answer(match["tag"] or match["name"]):
            yield match.start(), match.end(), match["text"] or match["within"] or ""


def _from_boxes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the boxes, each up to its closing brace; a box with a formula has no label."""
    for match in BOXED.finditer(text):
        depth, end = 1, match.end()
        while end < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        content = text[match.end() : end - 1 if not depth else end]
        yield match.start(), end, "" if SYMBOL.search(content) else content


def _names_answer(name: str) -> bool:
    """Return whether a key or tag is a word for answer in any language."""
    spaced = plain(re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", name))
    option, right = any_of("option"), any_of("right")
    pattern = (
        rf"(?:.*[^a-z])?{option}(?: (?:{option}|{right}|label|text|value))?|(?:final|response|result|output|solution)"
    )
    return re.fullmatch(pattern, spaced) is not None


def _unmarked(text: str, at_least: int = 1) -> str:
    """Remove the diacritics of Latin words with ``at_least`` letters; shorter ones keep theirs (É is not E)."""

    def unmark(match: re.Match[str]) -> str:
        return _without_marks(match[0]) if len(match[0]) >= at_least else match[0]

    return LATIN_WORD.sub(unmark, unicodedata.normalize("NFC", text))


def _without_marks(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(mark for mark in decomposed if unicodedata.category(mark) != "Mn"))
