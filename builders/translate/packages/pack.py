"""Pack a CTranslate2 model and its tokenizer into an ``.argosmodel``: the same contents give the same bytes."""

import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders.translate.packages.archive import CODE, VERSION
from builders.translate.packages.package import SPLITTERS, TOKENIZERS
from globmed.errors import UserError
from globmed.languages import languages
from globmed.storage.files import files_below, replaced

ARGOS_VERSION = "1.11"
#: The earliest time that zip can represent.
EPOCH = (1980, 1, 1, 0, 0, 0)
FILE_MODE = 0o100644 << 16


@dataclass(frozen=True)
class Label:
    """The name of a package, and its contents beside the model.

    Attributes:
        source: language code of the source.
        target: language code of the target.
        version: that of the package.
        splitter: a folder ``minisbd`` or ``stanza``; if None, Argos Translate downloads and uses MiniSBD's own
            model.
        notes: additional entries of ``metadata.json``: licence, training data, checkpoint.
    """

    source: str
    target: str
    version: str = "1.0"
    splitter: Path | None = None
    notes: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the package in Argos Translate's form, with its version."""
        return f"translate-{self.source}_{self.target}-{self.version.replace('.', '_')}"


@dataclass(frozen=True)
class Contents:
    """A model with its tokenizer, and the tokens it expects that Argos Translate does not add.

    Attributes:
        model: CTranslate2 folder.
        tokenizer: a sentencepiece model, or a ``bpe.model``.
        target_prefix: first token of every translation, for models of several target languages.
        source_bos: token before every source sentence, for models of several languages.
        source_eos: whether ``</s>`` ends every source sentence, as Marian and M2M-100 have learned it.
    """

    model: Path
    tokenizer: Path
    target_prefix: str = ""
    source_bos: str = ""
    source_eos: bool = True


def pack(label: Label, contents: Contents, out: Path) -> Path:
    """Write the package file.

    Raises:
        UserError: a missing model, tokenizer or splitter, or a code or version that cannot be part of a name.
    """
    _check(label, contents)
    with replaced(out) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as zipped:
        _add_text(zipped, f"{label.name}/metadata.json", _metadata(label, contents))
        _add_text(zipped, f"{label.name}/model/config.json", _model_config(contents))
        for name, file in sorted(_files(contents, label.splitter).items()):
            with (
                file.open("rb") as source,
                zipped.open(_entry(f"{label.name}/{name}"), "w", force_zip64=True) as target,
            ):
                shutil.copyfileobj(source, target, 1 << 20)
    return out


def _check(label: Label, contents: Contents) -> None:
    if not (contents.model / "model.bin").is_file():
        raise UserError(f"{contents.model}: no model.bin there; expected a CTranslate2 folder")
    if not contents.tokenizer.is_file():
        raise UserError(f"{contents.tokenizer}: no such file; expected a sentencepiece model")
    if label.splitter and label.splitter.name not in SPLITTERS:
        raise UserError(f"{label.splitter}: expected a folder named {' or '.join(SPLITTERS)}")
    if label.splitter and not label.splitter.is_dir():
        raise UserError(f"{label.splitter}: no such folder; leave the splitter out or name its folder")
    codes_fit = CODE.fullmatch(label.source) and CODE.fullmatch(label.target)
    if not codes_fit or not VERSION.fullmatch(label.version):
        found = f"{label.source}, {label.target}, {label.version}"
        raise UserError(f"{found}: can't name a package; expected two language tags and a version such as 1.0")


def _metadata(label: Label, contents: Contents) -> dict[str, object]:
    """Return Argos Translate's fields and our notes, which it ignores."""
    fields: dict[str, object] = {
        "package_version": label.version,
        "argos_version": ARGOS_VERSION,
        "from_code": label.source,
        "from_name": _name(label.source),
        "to_code": label.target,
        "to_name": _name(label.target),
        "type": "translate",
    }
    if contents.target_prefix:
        fields["target_prefix"] = contents.target_prefix
    if label.notes:
        fields["notes"] = dict(label.notes)
    return fields


def _model_config(contents: Contents) -> dict[str, Any]:
    """Return CTranslate2's settings of the model, with the tokens that it adds to a source sentence.

    See ``python/ctranslate2/specs/model_spec.py`` of https://github.com/OpenNMT/CTranslate2.
    """
    path = contents.model / "config.json"
    config: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    config["add_source_eos"] = contents.source_eos
    if contents.source_bos:
        config |= {"add_source_bos": True, "bos_token": contents.source_bos}
    return config


def _files(contents: Contents, splitter: Path | None) -> dict[str, Path]:
    """Return the other files by their names in the package."""
    name = contents.tokenizer.name if contents.tokenizer.name in TOKENIZERS else "sentencepiece.model"
    files = {name: contents.tokenizer}
    for root in filter(None, (contents.model, splitter)):
        top = "model" if root is contents.model else root.name
        files |= {f"{top}/{file.relative_to(root).as_posix()}": file for file in files_below(root)}
    files.pop("model/config.json", None)
    return files


def _add_text(zipped: zipfile.ZipFile, name: str, value: Mapping[str, object]) -> None:
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    zipped.writestr(_entry(name), text, zipfile.ZIP_DEFLATED)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = FILE_MODE
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _name(code: str) -> str:
    return next((name.capitalize() for name, entry in languages().items() if entry.tag == code), code)
