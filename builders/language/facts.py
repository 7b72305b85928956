"""Facts about a language from libraries: tags and scripts (langcodes, CLDR via Babel), Glottocodes (qwanqwa)."""

import unicodedata
import warnings
from functools import cache

import langcodes
import polars as pl
from babel import Locale
from babel.core import UnknownLocaleError
from langcodes.data_dicts import MACROLANGUAGES
from qq import Database, DeprecatedCodeWarning, IdType

from globmed.errors import UserError

#: CLDR's numbering systems that belong to no script: their zero.
ZEROS = {"latn": "0", "arab": "٠", "arabext": "۰"}
#: Unicode's decimal digits zero.
_EVERY_ZERO = [mark for mark in map(chr, range(0x20000)) if unicodedata.decimal(mark, None) == 0]


def find_tag(what: str) -> str:
    """Return the normalized BCP-47 tag of a tag (``ha``, ``hau``) or an English name (``Hausa``).

    Raises:
        UserError: an unknown language, or a tag with more than the language in it.
    """
    try:
        tag = langcodes.standardize_tag(what)
    except ValueError:
        tag = ""
    if not tag or not langcodes.Language.get(tag).is_valid():
        try:
            tag = str(langcodes.find(what))
        except LookupError as error:
            raise UserError(
                f"{what[:40]!r} is neither a BCP-47 tag nor the English name of a language that CLDR knows; "
                "look the tag up at https://glottolog.org and give it"
            ) from error
    if tag != langcodes.Language.get(tag).language:
        raise UserError(f"{what!r}: expected only a language, such as {tag.split('-')[0]}, without script or region")
    return tag


def known_facts(tag: str, iso639_3: str | None = None) -> dict[str, str]:
    """Return the known facts about a language by the fields of its entry; unknown ones are absent.

    Args:
        tag: its BCP-47 tag, as `find_tag` gives it.
        iso639_3: which language is meant by the tag of a macrolanguage (`members`).
    """
    entry = langcodes.Language.get(tag)
    name = unicodedata.normalize("NFKD", entry.language_name().lower()).encode("ascii", "ignore").decode()
    facts = {
        "name": "_".join("".join(mark if mark.isalpha() else " " for mark in name).split()),
        "native_name": unicodedata.normalize("NFC", entry.autonym()),
        "script": entry.maximize().script,
        **(_codes(iso639_3, IdType.ISO_639_3) if iso639_3 else _codes(tag, IdType.BCP_47)),
        **_numerals(str(entry.maximize())),
    }
    return {field: value for field, value in facts.items() if value}


def members(tag: str) -> list[str]:
    """Return the ISO 639-3 codes of the languages in a macrolanguage."""
    return [code for code, macro in MACROLANGUAGES.items() if macro == tag and len(code) == 3]


def same_language(tag: str) -> set[str]:
    """Return a tag and the tag of the macrolanguage that CLDR maps it to (``swh`` and ``sw``)."""
    return {tag, langcodes.standardize_tag(tag, macro=True)}


def script_name(code: str) -> str | None:
    """Return the English name of an ISO 15924 script; None if there is none."""
    return Locale("en").scripts.get(code)


def _codes(code: str, kind: IdType) -> dict[str, str | None]:
    """Return the ISO 639-3 code and Glottocode; neither for a macrolanguage with several languages in Glottolog."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecatedCodeWarning)
        try:
            found = _database().get(code, kind)
        except KeyError:
            return {}
    return {"iso639_3": found.iso_639_3, "glottocode": found.glottocode} if found.glottocode else {}


@cache
def _database() -> Database:
    return Database.load()


def _numerals(tag: str) -> dict[str, str | None]:
    """Return the digits and decimal mark that CLDR has for a language."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return {}
    system = locale.default_numbering_system
    zero = ZEROS.get(system) or _zero_of(system.capitalize())
    digits = "".join(chr(ord(zero) + value) for value in range(10)) if zero else None
    own, latin = (locale.number_symbols.get(each, {}).get("decimal") for each in (system, "latn"))
    return {"digits": digits, "decimal_mark": own or latin}


def _zero_of(script: str) -> str | None:
    """Return the digit zero of a script that has its own digits."""
    if script_name(script) is None:
        return None
    zeros = pl.Series(_EVERY_ZERO)
    return next(iter(zeros.filter(zeros.str.contains(rf"^\p{{{script}}}$"))), None)
