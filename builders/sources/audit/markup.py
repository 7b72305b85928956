"""Convert HTML entities and tags in upstream texts to plain text.

``&lt;`` is a relation, ``<sub>`` changes a value: 10<sup>9</sup> is 10⁹ and never 109. What only looks like a tag
("<or = 5") stays as it is.
"""

import re
from html.entities import html5

_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_INLINE = ("b", "i", "em", "strong", "u", "s", "font", "span", "small", "big", "center", "a", "img", "sub", "sup")
_CELLS = ("td", "th")
_BLOCKS = ("p", "div", "br", "li", "ul", "ol", "tr", "table", "tbody", "thead", "hr", "h[1-6]", "blockquote")
_ATTRIBUTES = r"""(?:\s+[A-Za-z-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))"""
_TAG = re.compile(rf"<(/?)({'|'.join((*_INLINE, *_CELLS, *_BLOCKS))})({_ATTRIBUTES}*)\s*/?>", re.IGNORECASE)
_RAISED = re.compile(r"<(sub|sup)>([^<>]{0,40})</\1>", re.IGNORECASE)
_TO = {
    "sub": str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"),
    "sup": str.maketrans("0123456789+-−=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁱⁿ"),
}
_SIGN = {"sub": "_", "sup": "^"}
#: Nested entities (``&amp;lt;``) are decoded; nobody writes deeper ones on purpose.
DEEPEST = 3


def plain(text: str) -> str:
    """Return a text with its HTML entities decoded and its tags removed; any other text as it is.

    Lines and cells stay separate; superscripts and subscripts become Unicode's, or are preceded by ``^`` or ``_``.
    """
    for _ in range(DEEPEST):
        decoded = _ENTITY.sub(_character, text)
        if decoded == text:
            break
        text = decoded
    if not any(_is_markup(tag) for tag in _TAG.finditer(text)):
        return text
    return re.sub(r"\n{3,}", "\n\n", _TAG.sub(_space, _RAISED.sub(_raised, text))).strip()


def _character(entity: re.Match[str]) -> str:
    name = entity[1]
    if not name.startswith("#"):
        return html5.get(f"{name};", entity[0])
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    # No text has a control character, half a character or a number beyond Unicode.
    is_one = 0x20 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF and not 0x7F <= number < 0xA0
    return chr(number) if is_one or number in (0x09, 0x0A) else entity[0]


def _is_markup(tag: re.Match[str]) -> bool:
    """Return whether it closes, has attributes or a name of several letters: "a<b>c" is a relation."""
    return bool(tag[1] or tag[3] or len(tag[2]) > 1)


def _raised(found: re.Match[str]) -> str:
    kind, content = found[1].lower(), found[2]
    table = _TO[kind]
    if all(ord(mark) in table for mark in content):
        return content.translate(table)
    return f"{_SIGN[kind]}{content}" if len(content) == 1 else f"{_SIGN[kind]}({content})"


def _space(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    if name in _CELLS:
        return "\t" if tag[1] else ""
    return "" if name in _INLINE else "\n"
