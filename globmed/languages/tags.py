"""Map language codes of other tools to listed languages.

BCP 47 (https://www.rfc-editor.org/info/bcp47) in any case, with ``_`` for ``-`` (``en_US``), ISO 639-3 and 639-2 codes
(``eng``, ``ger``), members of macrolanguages that CLDR takes for them (``swh``, ``cmn``), POSIX locales
(``en_US.UTF-8``), and the codes of `OTHER`. langcodes knows all but the last two.
"""

from functools import cache
from typing import NamedTuple

import langcodes

from globmed.languages import Language, languages

#: Codes specific to Argos Translate, and those of .NET for the two kinds of Chinese.
OTHER = {"zt": "zh-Hant", "pb": "pt-BR", "zh-chs": "zh-Hans", "zh-cht": "zh-Hant"}
#: Regions that imply a script: ``zh-TW`` is Chinese in Traditional characters.
SCRIPT_BY_REGION = frozenset({"zh"})


class _Code(NamedTuple):
    """The meaning of a code: the language by each of its codes, and the script and region, stated or implied."""

    language: str
    names: frozenset[str]
    script: str | None
    region: str | None


@cache
def listed_language(code: str) -> Language | None:
    """Return the listed language that a code names; None if there is none.

    A regional variety (``pt-PT``, ``es-LA``) counts as its language where it is not listed itself. Another script than
    the language's (``zh-TW``, ``sw-Arab``) is another language.
    """
    stated = _parse(code)
    if stated is None:
        return None
    fit = [(entry, listed.region) for entry, listed in _listed() if _serves(entry, listed, stated)]
    return max(fit, key=lambda each: each[1] is not None, default=(None, None))[0]


def standard_tag(code: str) -> str:
    """Return the BCP-47 tag of a code, that of the list for a listed language; return invalid codes unchanged.

    Unlike `listed_language` it keeps the region: ``pb`` is ``pt-BR``, whether or not ``pt`` is listed.
    """
    stated = _parse(code)
    if stated is None:
        return code
    entry = next((entry for entry, listed in _listed() if _same(entry, listed, stated)), None)
    if entry is not None:
        return entry.tag
    usual = langcodes.Language.make(language=stated.language).maximize().script
    script = None if stated.script == usual else stated.script
    return "-".join(part for part in (stated.language, script, stated.region) if part)


def split_pair(text: str) -> tuple[str, str]:
    """Return the two codes of a pair, such as ``en-sw``, ``en-zh-Hant`` or ``pt-BR-en``."""
    parts = text.split("-")
    pairs = [("-".join(parts[:place]), "-".join(parts[place:])) for place in range(1, len(parts))]
    known = (pair for pair in pairs if all(langcodes.tag_is_valid(standard_tag(code)) for code in pair))
    return next(known, (parts[0], "-".join(parts[1:])))


def _listed() -> list[tuple[Language, _Code]]:
    return [(entry, code) for entry in languages().values() if (code := _parse(entry.tag)) is not None]


def _serves(entry: Language, listed: _Code, stated: _Code) -> bool:
    return _same_script(entry, listed, stated) and listed.region in {None, stated.region}


def _same(entry: Language, listed: _Code, stated: _Code) -> bool:
    return _same_script(entry, listed, stated) and listed.region == stated.region


def _same_script(entry: Language, listed: _Code, stated: _Code) -> bool:
    """Return whether a code means an entry's language in its script; without a script, that of the plain tag."""
    own = {entry.iso639_3, *listed.names}
    script = listed.script is None if stated.script is None else stated.script == entry.script
    return script and not own.isdisjoint(stated.names)


@cache
def _parse(code: str) -> _Code | None:
    plain = code.strip().partition(".")[0].replace("_", "-").lower()
    first, dash, rest = plain.partition("-")
    tag = OTHER.get(plain) or OTHER.get(first, first) + dash + rest
    try:
        exact = langcodes.Language.get(langcodes.standardize_tag(tag))
        wide = langcodes.Language.get(langcodes.standardize_tag(tag, macro=True))
    except ValueError:
        return None
    if wide.language is None or exact.language is None:
        return None
    if exact.extlangs:
        return None
    script, region = wide.script, wide.territory
    likely = _script_of(wide.language, region)
    if script is None and region is not None and likely != _script_of(wide.language, None):
        script = likely
    if wide.language in SCRIPT_BY_REGION:
        script, region = script or (likely if region else None), None
    return _Code(wide.language, frozenset({exact.language, wide.language}), script, region)


def _script_of(language: str, region: str | None) -> str | None:
    """Return the script according to CLDR's likely subtags."""
    return langcodes.Language.make(language=language, territory=region).maximize().script
