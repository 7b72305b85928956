"""An installed translation package in Argos Translate's layout.

A folder with ``metadata.json``, a CTranslate2 model in ``model/``, ``sentencepiece.model`` or ``bpe.model``, and
optionally a sentence splitter. Format: ``argostranslate/package.py`` of
https://github.com/argosopentech/argos-translate.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from globmed.errors import UserError
from globmed.languages.tags import split_pair, standard_tag
from globmed.storage.files import sha256, sha256_text

TOKENIZERS = ("sentencepiece.model", "bpe.model")
SPLITTERS = ("minisbd", "stanza", "spacy")
_PAIR = re.compile(r"[A-Za-z]{2,}(?:[-_][A-Za-z0-9]{1,8})+")


@dataclass(frozen=True, slots=True)
class Package:
    """A package.

    ``source`` and ``target`` are BCP-47 tags, those of the list for a listed language; ``codes`` are the same as the
    package writes them (``zt`` for ``zh-Hant``). ``identity`` is the SHA-256 over every file that bears on its
    translations.
    """

    path: Path
    source: str
    target: str
    codes: tuple[str, str]
    name: str
    version: str
    identity: str
    tokenizer: Path
    model: Path
    target_prefix: str
    bytes: int

    @property
    def splitter(self) -> Path | None:
        """The folder of the sentence splitter inside, if there is one."""
        return next((self.path / name for name in SPLITTERS if (self.path / name).is_dir()), None)


class Tokenizer(Protocol):
    """Splits a sentence into the model's tokens and joins them again."""

    def encode(self, sentence: str) -> list[str]:
        """Return the tokens of a sentence."""
        ...

    def decode(self, tokens: list[str]) -> str:
        """Return the text of tokens."""
        ...


def read_package(path: Path, *, name: str = "") -> Package:
    """Read the package in a folder; errors call it by its path, or by another name.

    Raises:
        UserError: a part of a package is missing, or its metadata are not those of a translator.
    """
    name = name or str(path)
    metadata = _metadata(path / "metadata.json", name)
    tokenizer = next((path / name for name in TOKENIZERS if (path / name).is_file()), None)
    if tokenizer is None or not (path / "model" / "model.bin").is_file():
        raise UserError(f"{name}: not a translation package; expected model/model.bin and {' or '.join(TOKENIZERS)}")
    files = _files(path)
    return Package(
        path=path,
        source=standard_tag(metadata["from_code"]),
        target=standard_tag(metadata["to_code"]),
        codes=(metadata["from_code"], metadata["to_code"]),
        name=f"translate-{metadata['from_code']}_{metadata['to_code']}",
        version=metadata["package_version"],
        identity=_identity(path, files),
        tokenizer=tokenizer,
        model=path / "model",
        target_prefix=metadata.get("target_prefix", ""),
        bytes=sum(file.stat().st_size for file in files),
    )


def installed_packages(folder: Path) -> list[Package]:
    """Return the packages in a folder by name; folders without ``metadata.json`` are skipped."""
    return [read_package(path.parent) for path in sorted(folder.glob("[!.]*/metadata.json"))]


def newest_packages(folder: Path, source: str) -> dict[str, Package]:
    """Return the newest installed package from a language into each other one, by target."""
    found = [package for package in installed_packages(folder) if package.source == source]
    return {package.target: package for package in sorted(found, key=lambda each: version_key(each.version))}


def find_package(folder: Path, source: str, target: str) -> Package:
    """Return the newest installed package of a pair.

    Raises:
        UserError: none is installed.
    """
    found = newest_packages(folder, standard_tag(source)).get(standard_tag(target))
    if found is None:
        known = ", ".join(f"{package.source}-{package.target}" for package in installed_packages(folder)) or "none"
        raise UserError(
            f"{folder}: no package from {source} to {target} (installed: {known}); see `globmed translator`"
        )
    return found


def pair_named(text: str) -> str | None:
    """Return the pair (``en-sw``) that a text names, also in Argos Translate's form (``translate-en_sw``), or None."""
    return text.removeprefix("translate-").replace("_", "-") if _PAIR.fullmatch(text) else None


def open_package(what: str, folder: Path) -> Package:
    """Return an unpacked package by its folder, or the newest one of a pair that is installed in ``folder``.

    Raises:
        UserError: no such package, or a file, which has to be installed first.
    """
    path, pair = Path(what), pair_named(what)
    if path.is_dir():
        return read_package(path)
    if pair is not None:
        return find_package(folder, *split_pair(pair))
    if path.is_file():
        raise UserError(f"{what}: a file; install the package first: globmed translator install {what}")
    raise UserError(f"{what}: no such folder; name an installed pair such as en-sw, or the folder of a package")


def version_key(version: str) -> tuple[int, ...]:
    """Return the numbers in a version, as a sort key."""
    return tuple(map(int, re.findall(r"\d+", version)))


def load_tokenizer(package: Package) -> Tokenizer:
    """Return Argos Translate's own tokenizer of the package, so that its tokens are the same as in Argos."""
    # This module of Argos, unlike others, neither reads settings nor creates folders when it is imported.
    from argostranslate.tokenizer import BPETokenizer, SentencePieceTokenizer

    tokenizer: Tokenizer = (
        BPETokenizer(package.tokenizer, *package.codes)
        if package.tokenizer.name == "bpe.model"
        else SentencePieceTokenizer(package.tokenizer)
    )
    return tokenizer


def decode(tokenizer: Tokenizer, tokens: Sequence[str]) -> str:
    """Return the text of tokens as in argostranslate: without the space that the tokenizer puts first."""
    return tokenizer.decode(list(tokens)).removeprefix(" ")


def _metadata(path: Path, package: str) -> dict[str, Any]:
    try:
        metadata = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        found = error.__class__.__name__
        raise UserError(f"{package}, metadata.json: {found}; expected the metadata of a package as JSON") from error
    fields = ("from_code", "to_code", "package_version")
    if not isinstance(metadata, dict) or not all(isinstance(metadata.get(field), str) for field in fields):
        raise UserError(f"{package}, metadata.json: expected a JSON object with the strings {', '.join(fields)}")
    if metadata.get("type", "translate") != "translate":
        raise UserError(f"{package}: a package of type {metadata['type']!r}, expected a translator")
    return metadata


def _files(path: Path) -> list[Path]:
    """Return the files that affect translations, in a fixed order."""
    roots = [path / name for name in ("metadata.json", "model", *TOKENIZERS, *SPLITTERS)]
    found = (file for root in roots for file in ([root] if root.is_file() else root.rglob("*")))
    return sorted(file for file in found if file.is_file())


def _identity(path: Path, files: Sequence[Path]) -> str:
    lines = (f"{sha256(file)}  {file.relative_to(path).as_posix()}\n" for file in files)
    return sha256_text("".join(lines))
