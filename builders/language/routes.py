"""The ways to translate from English into a language: an installed or indexed package, a model to convert or to train.

Only the Hub knows whether an OPUS-MT model exists; its name is shown, for the curator to look up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import langcodes

from builders.translate.packages.install import INDEX, targets_in_index
from builders.translate.packages.package import newest_packages
from globmed.errors import UserError
from globmed.languages import ENGLISH, Language, language

#: Seconds to wait for the index.
PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Route:
    """A route of translation from English into a language.

    Attributes:
        kind: ``installed``, ``argos``, ``nllb``, ``m2m100``, ``opus-mt`` or ``train``.
        exists: None if it could not be looked up.
        says: a description, or the reason why it could not be looked up.
        command: the command that uses it.
    """

    kind: str
    exists: bool | None
    says: str
    command: str


def routes(entry: Language, packages: Path, index: str | None = None) -> list[Route]:
    """Return every way that exists or may exist, the simplest first.

    Args:
        entry: the language.
        packages: the folder of installed packages.
        index: address or file of an index of Argos Translate; the public one by default.
    """
    convert = f"globmed translator convert CHECKPOINT en {entry.tag}"
    opus = f"Helsinki-NLP/opus-mt-en-{entry.tag}"
    found = [
        *_installed(entry, packages),
        _in_index(entry, index or INDEX),
        *_many_languages(entry, convert),
        Route("opus-mt", None, f"{opus}, if the Hub has it", convert.replace("CHECKPOINT", f"{opus}@COMMIT")),
        Route(
            "train",
            True,
            "a model of your own, from parallel text",
            f"globmed translator train en {entry.tag} --data pairs.tsv",
        ),
    ]
    return [route for route in found if route.exists is not False]


def _installed(entry: Language, packages: Path) -> list[Route]:
    there = newest_packages(packages, source=language(ENGLISH).tag).get(entry.tag) if packages.is_dir() else None
    return [Route("installed", True, f"{there.name} {there.version} is installed", "")] if there else []


def _in_index(entry: Language, index: str) -> Route:
    command = f"globmed translator install en-{entry.tag}"
    try:
        exists = entry.tag in targets_in_index(index, language(ENGLISH).tag, PATIENCE_SECONDS)
    except UserError as error:
        return Route("argos", None, f"the index of Argos Translate could not be read ({error})", command)
    return Route("argos", exists, "a package in the index of Argos Translate", command)


def _many_languages(entry: Language, convert: str) -> list[Route]:
    """Return the multilingual models that include this language, as transformers lists them."""
    if find_spec("transformers") is None:
        return []
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES as M2M100
    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as NLLB

    return [
        *[
            Route(
                "nllb",
                True,
                f"facebook/nllb-200-distilled-600M, code {code}; CC BY-NC 4.0: not for commercial use",
                f"{convert} --source-code eng_Latn --target-code {code}",
            )
            for code in _nllb_codes(entry, NLLB)
        ],
        *[
            Route(
                "m2m100", True, "facebook/m2m100_418M; MIT", f"{convert} --source-code __en__ --target-code __{tag}__"
            )
            for tag in (entry.tag,)
            if tag in M2M100["m2m100"]
        ],
    ]


def _nllb_codes(entry: Language, known: Sequence[str]) -> list[str]:
    codes = dict.fromkeys((entry.iso639_3, langcodes.Language.get(entry.tag).to_alpha3()))
    return [code for each in codes if (code := f"{each}_{entry.script}") in known]
