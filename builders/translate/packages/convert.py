"""Convert a checkpoint of transformers to CTranslate2, and to a package that Argos Translate loads.

Argos Translate passes on only the output of its tokenizer, so the other tokens that a model expects around a sentence
are set elsewhere: the trailing ``</s>`` and the leading language token in CTranslate2's ``config.json``, the language
to translate into as the package's ``target_prefix``.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from builders.translate.packages.pack import Contents, Label, pack
from builders.translate.training.vocabulary import with_control_piece
from globmed.errors import UserError
from globmed.storage.files import replaced
from globmed.versions.client import check_repository, download_model
from globmed.versions.faults import hub_errors
from globmed.versions.numbers import is_commit

MARIAN, M2M100 = "marian", "m2m_100"
TOKENIZERS = {MARIAN: "source.spm", M2M100: "sentencepiece.bpe.model"}
FILES = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.spm", "*.model"]
#: OPUS-MT's notation of the target language before the source sentence.
OPUS_CODE = re.compile(r">>.+<<")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on disk; ``origin`` is where it came from, ``kind`` is `MARIAN` or `M2M100`."""

    folder: Path
    kind: str
    origin: str


@dataclass(frozen=True)
class Codes:
    """The languages as the checkpoint names them: ``eng_Latn``, ``__en__``; for the target only: ``>>swa<<``."""

    source: str = ""
    target: str = ""


def open_checkpoint(name: str) -> Checkpoint:
    """Open a folder, or a repository of the Hub pinned as ``owner/name@commit``.

    Raises:
        UserError: not pinned, or a checkpoint that cannot become a package.
    """
    local = Path(name).is_dir()
    folder = Path(name) if local else _download(name)
    config, tokenizer = _json(folder / "config.json"), _json(folder / "tokenizer_config.json")
    kind = config.get("model_type")
    if kind not in TOKENIZERS:
        raise UserError(f"{name}: model type {kind!r}, expected {MARIAN} (OPUS-MT) or {M2M100} (M2M-100, NLLB)")
    if not any(folder.glob("*.safetensors")):
        raise UserError(
            f"{name}: no .safetensors in it, and pickled weights are not read; "
            "pin the commit of its safetensors version (refs/pr/N on the Hub)"
        )
    if not config.get("share_encoder_decoder_embeddings", True) or tokenizer.get("separate_vocabs"):
        raise UserError(f"{name}: a vocabulary for each side, but Argos Translate has one tokenizer; use another")
    if tokenizer.get("legacy_behaviour"):
        raise UserError(f"{name}: language tokens behind the sentence (legacy_behaviour), expected before it")
    return Checkpoint(folder, kind, folder.name if local else name)


def convert(checkpoint: Checkpoint, codes: Codes, out: Path, quantization: str = "int8") -> Contents:
    """Write the model and the tokenizer into the folder ``out``, replacing an existing one.

    Returns:
        The contents to pack, with the settings that Argos Translate needs.

    Raises:
        UserError: a language code that the checkpoint does not know, or no code where it needs one.
    """
    with replaced(out) as partial:
        _to_ctranslate2(checkpoint.folder, partial / "model", quantization)
        vocabulary = json.loads((partial / "model" / "shared_vocabulary.json").read_text("utf-8"))
        bos, prefix = _language_tokens(checkpoint, codes, vocabulary)
        tokenizer = partial / "sentencepiece.model"
        pieces = (checkpoint.folder / TOKENIZERS[checkpoint.kind]).read_bytes()
        tokenizer.write_bytes(with_control_piece(pieces, prefix) if prefix else pieces)
    return Contents(out / "model", out / tokenizer.name, target_prefix=prefix, source_bos=bos)


def package_checkpoint(checkpoint: Checkpoint, codes: Codes, label: Label, out: Path) -> Path:
    """Convert a checkpoint to int8 and pack it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    noted = replace(label, notes={"checkpoint": checkpoint.origin, "quantization": "int8", **label.notes})
    with TemporaryDirectory(dir=out.parent, prefix=".convert-") as folder:
        return pack(noted, convert(checkpoint, codes, Path(folder, "converted")), out)


def agreement(checkpoint: Checkpoint, texts: Sequence[str]) -> float:
    """Return the share of texts for which a Marian model and its conversion give the same tokens, both in float32."""
    import ctranslate2
    from sentencepiece import SentencePieceProcessor
    from transformers import AutoTokenizer, MarianMTModel

    tokenizer = AutoTokenizer.from_pretrained(checkpoint.folder)
    model = MarianMTModel.from_pretrained(checkpoint.folder, use_safetensors=True)
    pieces = SentencePieceProcessor(model_file=str(checkpoint.folder / TOKENIZERS[MARIAN]))
    sources = [[*pieces.encode(text, out_type=str), tokenizer.eos_token] for text in texts]
    with TemporaryDirectory() as folder:
        _to_ctranslate2(checkpoint.folder, Path(folder, "model"), "float32")
        converted = ctranslate2.Translator(str(Path(folder, "model"))).translate_batch(sources, beam_size=1)
    # Annotated for another type of self in this version of transformers.
    generate: Any = model.generate  # type: ignore[misc]
    same = 0
    for source, result in zip(sources, converted, strict=True):
        ids = torch.tensor([tokenizer.convert_tokens_to_ids(source)])
        output = generate(ids, num_beams=1, do_sample=False, max_new_tokens=256)[0]
        kept = [number for number in output.tolist() if number not in tokenizer.all_special_ids]
        same += tokenizer.convert_ids_to_tokens(kept) == result.hypotheses[0]
    return same / len(texts)


def _to_ctranslate2(folder: Path, out: Path, quantization: str) -> None:
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):  # type: ignore[misc]
        def load_tokenizer(self, *arguments: object, **options: object) -> Any:
            return _with_languages(super().load_tokenizer(*arguments, **options))

    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        Converter(str(folder)).convert(str(out), quantization=quantization)
    except (ValueError, RuntimeError, KeyError, OSError) as error:
        raise UserError(f"{folder}: CTranslate2 can't convert it ({error}); check the checkpoint") from error


def _with_languages(tokenizer: Any) -> Any:
    """Add the language tokens of an M2M100Tokenizer to its vocabulary; transformers 5 leaves them out."""
    languages = getattr(tokenizer, "lang_token_to_id", None)
    if languages:
        vocabulary = {**tokenizer.get_vocab(), **languages}
        tokenizer.get_vocab = lambda: vocabulary
    return tokenizer


def _language_tokens(checkpoint: Checkpoint, codes: Codes, vocabulary: Sequence[str]) -> tuple[str, str]:
    """Return the tokens before each source sentence and before each translation."""
    known = set(vocabulary)
    if checkpoint.kind == M2M100:
        bos, prefix, needed = codes.source, codes.target, True
    else:
        bos, prefix, needed = codes.target, "", any(map(OPUS_CODE.fullmatch, known))
    unknown = [code for code in (codes.source, codes.target) if code and code not in known]
    if unknown or (needed and not bos) or (checkpoint.kind == M2M100 and not prefix):
        example = "__sw__ or swh_Latn" if checkpoint.kind == M2M100 else ">>swa<<"
        raise UserError(
            f"{checkpoint.origin}: language codes {unknown or 'missing'}; it translates several languages: "
            f"give --source-code and --target-code as it writes them, such as {example}"
        )
    return bos, prefix


def _download(name: str) -> Path:
    repository, _, revision = name.partition("@")
    if not is_commit(revision):
        raise UserError(f"{name}: no such folder; expected one, or a repository: owner/name@<commit hash>")
    check_repository(repository)
    with hub_errors(name):
        return download_model(repository, revision, FILES)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: {error.__class__.__name__}; expected a checkpoint of transformers") from error
    return found if isinstance(found, dict) else {}
