r"""The text of a TMX segment (https://www.gala-global.org/tmx-14b#ContentMarkup): what its inline codes stand for.

A code of a translation tool may represent a character (``<ph>&amp;nbsp;</ph>``, ``<ph>\endash</ph>``), a line break
(``<ph type="lb"/>``), a variable (``<ph>{0}</ph>``), or formatting, which has no equivalent in text. A code with
unknown meaning is dropped where it makes no difference; between two letters or digits it does ("5" and "mg", or "5" and
"0"), and such a segment is not read.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from html import unescape
from itertools import chain
from typing import NamedTuple
from unicodedata import category, name
from xml.etree.ElementTree import Element

#: Elements with codes of a tool, of TMX and of XLIFF 1.2, which some tools write into TMX.
CODES = frozenset({"bpt", "ept", "it", "ph", "ut", "x", "bx", "ex"})
#: Codes that begin or end a range of formatted text.
PAIRED = frozenset({"bpt", "ept", "it", "bx", "ex"})
#: Attributes that state the type of a code, in TMX and in XLIFF 1.2.
KINDS = ("type", "ctype", "equiv-text")

#: Names of codes: tags of HTML, Word and OpenDocument, and names used by tools.
SPACES = re.compile(
    r"nbsp|nnbsp|ensp|emsp|thinsp|hairsp|space|sp|tab|w:tab|text:s|text:tab|non-?breaking-?space|no-?break-?space"
)
BREAKS = re.compile(
    r"br|lb|lf|cr|crlf|nl|newline|line-?break|softbreak|line|par|page|page-?break|pb|hr|w:br|w:cr|text:line-break|"
    r"p|div|li|ul|ol|dl|dt|dd|table|tr|td|th|h[1-6]|blockquote|pre"
)
FORMATTING = re.compile(
    r"b|i|u|s|em|strong|span|font|a|sup|sub|g|small|big|code|tt|mark|q|cite|abbr|ins|del|strike|bold|italic|"
    r"ulined|underlined|underline|cf|link|hyperlink|rpr|fmt|[a-z]{1,2}\d+"
)
#: RTF keywords that represent characters (https://www.biblioscape.com/rtf15_spec.htm).
RTF = {
    r"\~": "\u00a0",
    r"\_": "\u2011",
    r"\-": "\u00ad",
    r"\tab": "\t",
    r"\line": "\n",
    r"\par": "\n",
    r"\page": "\n",
    r"\n": "\n",
    r"\r\n": "\n",
    r"\r": "\n",
    r"\t": "\t",
    r"\endash": "–",
    r"\emdash": "—",
    r"\bullet": "•",
    r"\lquote": "‘",
    r"\rquote": "’",
    r"\ldblquote": "“",
    r"\rdblquote": "”",
    r"\enspace": "\u2002",
    r"\emspace": "\u2003",
    r"\qmspace": "\u2005",
}
_RTF_MARKUP = re.compile(r"(?:\\[a-z]+-?\d*|[{}\s])+")
_RTF_CODE_POINT = re.compile(r"\\u(-?\d{1,5})\??")
_RTF_BYTE = re.compile(r"\\'([0-9a-fA-F]{2})")
_REFERENCE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]*|#\d+|#[xX][0-9A-Fa-f]+);")
_TAG = re.compile(r"<(/?)\s*([A-Za-z][\w:.-]*)[^<>]*>")
_BRACED = re.compile(r"[{\[](/?)([A-Za-z]\w*)[}\]]")
#: memoQ's code for a character or a protected text.
_MEMOQ = re.compile(r"<mq:(?:ch|rxt|it)\b[^>]*?\bval=\"([^\"]*)\"[^>]*>")
#: Placeholders of values: the sentence is incomplete without them. ``{}`` is memoQ's code for formatting.
_VARIABLE = re.compile(
    r"\{\{?[\w.:-]+\}?\}|\$\{[^{}]+\}|%(?:\d+\$)?[-+ 0#]*\d*(?:\.\d+)?[sdifuxXc@]|%\(\w+\)[sd]|%\w+%"
)
_NAME = re.compile(r"[\[{(<&]?/?\s*(?:x-)?([A-Za-z][A-Za-z0-9:._-]*)(?:\s[^<>]*)?/?[\]})>;]?")
#: MateCat's notation of an attribute that holds markup.
BASE64 = "base64:"

#: Marks of codes in the resulting text; XML cannot hold these characters.
_SPACE, _BREAK, _OPEN, _CLOSE, _UNKNOWN = "\x01", "\x02", "\x03", "\x04", "\x05"
_NEAR = 16
_MARKS = re.compile("[\x01-\x05]")
_RUN = re.compile("(?<![ \t])([ \t]*)([\x01-\x05](?:[ \t]*[\x01-\x05])*)([ \t]*)")
#: The end of one range of formatted text and the start of another: two cells of a row, or the halves of a word.
_NEXT_TO = re.compile(f"{_CLOSE}.*{_OPEN}")
#: Neighbours that would merge into one number: 5 and 0, 5. and 10, 10 and -9.
_ONE_NUMBER = re.compile(r".?\d[.,]?\|[.,]?\d.?|.?\d\|[-+−–].?", re.DOTALL)
#: Characters that no space precedes, unless a digit follows them.
_STOPS = re.compile(r"[.,](?!\d).?", re.DOTALL)
#: Scripts without spaces between words, as the names of their letters begin.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


class UnreadableError(ValueError):
    """A code inside a word or a number whose meaning is unknown."""


class Text(NamedTuple):
    """The text of a segment, and the number of codes with unknown meaning that were dropped."""

    text: str
    left_out: int


def segment_text(segment: Element) -> Text:
    """Return the text of a ``<seg>`` without its codes, and without white space at its ends.

    A code for white space gives a space, one for a line break a line feed. The text of a ``<sub>``, such as a footnote,
    is not part of the segment.

    Raises:
        UnreadableError: a code with unknown meaning inside a word, or a formatting code inside a number.
    """
    marked = "".join(_pieces(segment))
    return Text(_RUN.sub(_between, marked).strip(), marked.count(_UNKNOWN))


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _pieces(element: Element) -> Iterator[str]:
    """Yield the text of an element, with a mark in place of each code."""
    yield element.text or ""
    for inner in element:
        tag = local_name(inner)
        if tag in CODES:
            yield _meaning(inner, tag)
        elif tag == "sub":
            yield _UNKNOWN
        else:
            space = _named(tag.lower())
            yield space or _OPEN
            yield from _pieces(inner)
            yield space or _CLOSE
        yield inner.tail or ""


def _meaning(code: Element, tag: str) -> str:
    """Return the meaning of a code: a mark, or text."""
    content = (code.text or "") + "".join(inner.tail or "" for inner in code)
    said = [each for each in (content, unescape(content), *(_attribute(code, kind) for kind in KINDS)) if each]
    characters = (found for each in said if (found := _character(each)) is not None)
    formatting = (found for each in said if (found := _formatting(each.strip())) is not None)
    variables = (each.strip() for each in said if tag == "ph" and _VARIABLE.fullmatch(each.strip()))
    paired = _CLOSE if tag in {"ept", "ex"} or code.get("pos") == "end" else _OPEN if tag in PAIRED else _UNKNOWN
    return next(chain(characters, formatting, variables), paired)


def _attribute(code: Element, kind: str) -> str:
    value = code.get(kind, "")
    if not value.startswith(BASE64):
        return value
    try:
        return b64decode(value.removeprefix(BASE64), validate=True).decode("utf-8")
    except (NotBase64, UnicodeError):
        return ""


def _character(content: str) -> str | None:
    """Return the mark or character that the content of a code represents; None if it represents neither."""
    plain = content.strip()
    if not plain:
        return _BREAK if "\n" in content else _SPACE
    memoq = _MEMOQ.fullmatch(plain)
    if memoq and memoq[1]:
        return _character(unescape(memoq[1]))
    character = _one_character(plain)
    if character is not None:
        return _mark(character)
    named = _NAME.fullmatch(plain)
    return _named(named[1].lower()) if named else None


def _one_character(code: str) -> str | None:
    """Return the character that an RTF code, an XML or HTML reference, or a single sign represents."""
    if point := _RTF_CODE_POINT.fullmatch(code):
        return chr(int(point[1]) % 0x10000)
    if byte := _RTF_BYTE.fullmatch(code):
        return bytes.fromhex(byte[1]).decode("cp1252", "replace")
    if _REFERENCE.fullmatch(code):
        return unescape(code)
    sign = len(code) == 1 and not code.isalnum() and code not in r"{}[]\/"
    return RTF.get(code, code if sign else None)


def _mark(character: str) -> str | None:
    if character.isspace():
        return _BREAK if character in "\n\r\u0085\u2028\u2029" else _SPACE
    if len(character) != 1 or category(character) in {"Cc", "Cs", "Co", "Cn"}:
        return None
    return "" if character in _INVISIBLE else character


def _named(name: str) -> str | None:
    return _BREAK if BREAKS.fullmatch(name) else _SPACE if SPACES.fullmatch(name) else None


def _formatting(content: str) -> str | None:
    tag = _TAG.fullmatch(content) or _BRACED.fullmatch(content)
    if tag and FORMATTING.fullmatch(tag[2].lower().rpartition(":")[2]):
        return _CLOSE if tag[1] else _OPEN
    if content and _RTF_MARKUP.fullmatch(content):
        return _CLOSE if content.endswith("}") and not content.startswith("{") else _OPEN
    return None


def _between(run: re.Match[str]) -> str:
    """Return the replacement of codes and of the white space around them."""
    before, marks, after = run.groups()
    left = _MARKS.sub("", run.string[max(0, run.start() - _NEAR) : run.start()])[-2:]
    right = _MARKS.sub("", run.string[run.end() : run.end() + _NEAR])[:2]
    if _BREAK in marks:
        return "\n"
    if before or after or " " in marks or "\t" in marks:
        return before or after or " "
    if _SPACE in marks:
        return "" if left[-1:].isspace() or right[:1].isspace() or _STOPS.fullmatch(right) else " "
    unknown = _UNKNOWN in marks or _NEXT_TO.search(marks) is not None
    if _ONE_NUMBER.fullmatch(f"{left}|{right}") or (unknown and _one_word(left[-1:], right[:1])):
        raise UnreadableError(f"a code between {left!r} and {right!r}")
    return ""


def _one_word(left: str, right: str) -> bool:
    """Return whether two texts would merge into one word, or two sentences without a space between them."""
    return _in_word(right) and (_in_word(left) or left in set(".,;:!?)"))


def _in_word(character: str) -> bool:
    return bool(character) and category(character)[0] in "LMN" and not name(character, "").startswith(_UNSPACED)
