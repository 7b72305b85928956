"""The files of a language's entry, written together and removed together: all or none.

The list (``globmed/languages/languages.toml``), the words of its page (``cards/words/abstracts.toml``), and a glossary
to fill.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import tomlkit

import cards.words
from globmed.languages import Language, languages
from globmed.storage.files import write_text
from globmed.storage.lock import locked_beside
from globmed.storage.packages import ROOT
from validation.signals.evidence.glossary import HEADERS

CHECKOUT = ROOT
LIST = Path("globmed/languages/languages.toml")
ABSTRACTS = Path("cards/words/abstracts.toml")
GLOSSARIES = Path("glossaries")
STUB = ",".join(HEADERS[-1]) + "\n"
#: The text of a new page, until somebody who speaks the language has written more.
LIMITS = (
    "No speaker of {name} has written or read a text for this page yet.",
    "The {name} words for numbers, units, comparisons and negation are not listed yet: the signals compare "
    "only numbers in digits, so that a changed unit, a lost negation or a wrong number word is not detected.",
)
#: Work on a language beyond its entry; `remove` refuses a language that has some.
WORK = (
    "globmed/prompts/{name}.toml",
    "validation/signals/numbers/lexicon/{name}.toml",
    "builders/sample/tmx/en-{tag}.tmx",
)


def work_on(language: Language, root: Path = CHECKOUT) -> list[Path]:
    """Return those files of `WORK` that exist for a language, relative to the checkout."""
    paths = [Path(path.format(name=language.name, tag=language.tag)) for path in WORK]
    return [path for path in paths if (root / path).is_file()]


def write_entry(language: Language, root: Path = CHECKOUT) -> list[Path]:
    """Add a language to the list, with a page and a glossary marked as empty.

    An existing page or glossary is left unchanged.

    Returns:
        The written files, relative to the checkout ``root``.
    """
    entry = {field: value for field, value in asdict(language).items() if field != "name"}
    page = {"abstract": "", "reviewed": False, "limits": [each.format(name=language.english_name) for each in LIMITS]}
    with locked_beside(root / LIST):
        texts = {
            LIST: _with(root / LIST, language.name, entry),
            ABSTRACTS: _with(root / ABSTRACTS, language.name, page),
        }
        glossary = GLOSSARIES / f"{language.name}.csv"
        if not (root / glossary).exists():
            texts[glossary] = STUB
        _replace_all(root, texts)
    return list(texts)


def remove_entry(language: Language, root: Path = CHECKOUT) -> list[Path]:
    """Remove a language from the list, with its page, and with its glossary if no term was entered in it."""
    with locked_beside(root / LIST):
        texts: dict[Path, str | None] = {path: _without(root / path, language.name) for path in (LIST, ABSTRACTS)}
        glossary = GLOSSARIES / f"{language.name}.csv"
        if (root / glossary).is_file() and (root / glossary).read_text("utf-8") == STUB:
            texts[glossary] = None
        _replace_all(root, texts)
    return list(texts)


def _with(path: Path, name: str, entry: Mapping[str, object]) -> str:
    document = tomlkit.parse(path.read_text("utf-8"))
    if name not in document:
        table = tomlkit.table()
        for field, value in entry.items():
            table.add(field, _lines(value) if isinstance(value, list) else value)
        document.add(name, table)
    return tomlkit.dumps(document)


def _lines(values: list[str]) -> tomlkit.items.Array:
    """Return a TOML array with one text per line, as the file has them."""
    array = tomlkit.array()
    for value in values:
        array.add_line(value, indent="  ")
    array.add_line(indent="")
    return array


def _without(path: Path, name: str) -> str:
    document = tomlkit.parse(path.read_text("utf-8"))
    if name in document:
        document.remove(name)
    return tomlkit.dumps(document).rstrip("\n") + "\n"


def _replace_all(root: Path, texts: Mapping[Path, str | None]) -> None:
    """Replace the text of files (None removes one); if one fails, restore those before it."""
    before = {path: (root / path).read_text("utf-8") if (root / path).is_file() else None for path in texts}
    done: list[Path] = []
    try:
        for path, text in texts.items():
            _replace(root / path, text)
            done.append(path)
    except BaseException:
        for path in done:
            _replace(root / path, before[path])
        raise
    finally:
        languages.cache_clear()
        cards.words.abstracts.cache_clear()


def _replace(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        write_text(path, text)
