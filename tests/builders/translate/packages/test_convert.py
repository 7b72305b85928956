"""Tiny checkpoints of the kinds that the Hub has, taught sentences of the toy language and converted."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sentencepiece
import torch
from torch.nn.functional import cross_entropy
from transformers import (
    AutoTokenizer,
    M2M100Config,
    M2M100ForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    PreTrainedModel,
)

from builders.translate.machine.lines import translate_lines
from builders.translate.packages.convert import Codes, convert, open_checkpoint, package_checkpoint
from builders.translate.packages.install import install_archive
from builders.translate.packages.pack import Label, pack
from globmed.errors import UserError
from tests.builders.conftest import Argos
from tests.builders.translate.packages.toy import seeded, sentence

PAIRS = [sentence(seeded(number)) for number in range(40)]
#: A token is known by heart from this loss on: with a probability of 0.98 it is the best by far on every processor.
SURE = 0.02
MAX_STEPS = 600
SIZE: dict[str, Any] = {
    "d_model": 64,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_ffn_dim": 128,
    "decoder_ffn_dim": 128,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    # Nothing is left to chance in a training step; transformers' defaults drop whole layers of M2M-100.
    "dropout": 0.0,
    "attention_dropout": 0.0,
    "activation_dropout": 0.0,
    "encoder_layerdrop": 0.0,
    "decoder_layerdrop": 0.0,
    "init_std": 64**-0.5,
    "scale_embedding": True,
    "max_position_embeddings": 512,
}


def write_pieces(path: Path, **options: Any) -> list[str]:
    """Return a sentencepiece model of the toy language; its pieces."""
    with path.open("wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(text for pair in PAIRS for text in pair),
            model_writer=file,
            vocab_size=90,
            hard_vocab_limit=False,
            minloglevel=2,
            **options,
        )
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [pieces.id_to_piece(number) for number in range(len(pieces))]


class Untaught(NamedTuple):
    """A checkpoint of which all is written but the weights; ``start`` goes before each source, as OPUS-MT has it."""

    model: PreTrainedModel
    tokenizer: Any
    codes: Codes
    start: str = ""


Writer = Callable[[Path], Untaught]


def write_checkpoint(write: Writer, folder: Path, *, taught: bool) -> Codes:
    """Return a whole checkpoint, whose weights are random or know the pairs by heart."""
    folder.mkdir()
    torch.manual_seed(0)
    made = write(folder)
    if taught:
        teach(made)
    made.model.save_pretrained(folder)
    return made.codes


def teach(untaught: Untaught) -> None:
    """Learn the pairs by heart, until no token is in doubt."""
    model, tokenizer, _, start = untaught
    inputs = tokenizer([start + source for source, _ in PAIRS], return_tensors="pt", padding=True)
    labels = tokenizer(text_target=[target for _, target in PAIRS], return_tensors="pt", padding=True).input_ids
    labels[labels == tokenizer.pad_token_id] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.005)
    for _ in range(MAX_STEPS):
        logits = model(**inputs, labels=labels).logits.flatten(0, 1)
        losses = cross_entropy(logits, labels.flatten(), reduction="none")
        if losses.max() < SURE:
            return
        torch.autograd.backward(losses.mean())
        optimizer.step()
        optimizer.zero_grad()
    raise RuntimeError(f"not learned by heart in {MAX_STEPS} steps; largest loss of a token: {losses.max():.3f}")


def marian(folder: Path, code: str = "") -> PreTrainedModel:
    """As OPUS-MT has it: two sentencepiece models, one vocabulary, ``<pad>`` last."""
    pieces = write_pieces(folder / "source.spm")
    shutil.copyfile(folder / "source.spm", folder / "target.spm")
    known = ["</s>", "<unk>", *(piece for piece in pieces if piece not in {"<s>", "</s>", "<unk>"})]
    vocabulary = {piece: number for number, piece in enumerate([*known, *filter(None, [code]), "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "MarianTokenizer"}', "utf-8")
    pad = len(vocabulary) - 1
    ids: dict[str, Any] = {
        "pad_token_id": pad,
        "decoder_start_token_id": pad,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
    }
    model = MarianMTModel(MarianConfig(vocab_size=pad + 1, **ids, **SIZE))
    shared = model.get_parameter("model.shared.weight")
    shared.register_hook(lambda gradient: torch.cat([gradient[:-1], torch.zeros_like(gradient[-1:])]))  # type: ignore[no-untyped-call]
    return model


def m2m100(folder: Path, vocabulary_size: int) -> PreTrainedModel:
    ids: dict[str, Any] = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
    return M2M100ForConditionalGeneration(M2M100Config(vocab_size=vocabulary_size, **ids, **SIZE))


def write_opus_one_pair(folder: Path) -> Untaught:
    return Untaught(marian(folder), AutoTokenizer.from_pretrained(folder), Codes())


def write_opus_many_targets(folder: Path) -> Untaught:
    code = ">>swa<<"
    return Untaught(marian(folder, code), AutoTokenizer.from_pretrained(folder), Codes(target=code), f"{code} ")


def write_nllb(folder: Path) -> Untaught:
    write_pieces(folder / "sentencepiece.bpe.model", model_type="bpe")
    languages = ["ace_Arab", "eng_Latn", "swh_Latn"]
    config = {"tokenizer_class": "NllbTokenizer", "extra_special_tokens": languages}
    more = {"src_lang": "eng_Latn", "tgt_lang": "swh_Latn"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config | more), "utf-8")
    (folder / "config.json").write_text('{"model_type": "m2m_100"}', "utf-8")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return Untaught(m2m100(folder, len(tokenizer)), tokenizer, Codes("eng_Latn", "swh_Latn"))


def write_m2m100(folder: Path) -> Untaught:
    pieces = write_pieces(folder / "sentencepiece.bpe.model", model_type="bpe")
    known = ["<s>", "<pad>", "</s>", "<unk>", *(piece for piece in pieces if piece[:1] != "<")]
    vocabulary = {piece: number for number, piece in enumerate(known)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
    config = {"tokenizer_class": "M2M100Tokenizer", "src_lang": "en", "tgt_lang": "sw", "num_madeup_words": 8}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    (folder / "config.json").write_text('{"model_type": "m2m_100"}', "utf-8")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return Untaught(m2m100(folder, len(vocabulary) + 100 + 8), tokenizer, Codes("__en__", "__sw__"))


KINDS: Sequence[Writer] = (write_opus_one_pair, write_opus_many_targets, write_nllb, write_m2m100)


@pytest.mark.slow
@pytest.mark.parametrize("write", KINDS)
@pytest.mark.model
def test_plain_argos_translates_with_a_converted_checkpoint(tmp_path: Path, argos: Argos, write: Writer) -> None:
    codes = write_checkpoint(write, tmp_path / "checkpoint", taught=True)
    opened = open_checkpoint(str(tmp_path / "checkpoint"))
    sources, targets = zip(*PAIRS, strict=True)
    exact = convert(opened, codes, tmp_path / "exact", "float32")
    exact_package = install_archive(pack(Label("en", "sw"), exact, tmp_path / "e.argosmodel"), tmp_path / "float32")
    # Argos searches with 4 beams, which give up on a sentence known by heart once 4 shorter ones are complete.
    assert translate_lines(exact_package, sources, threads=1, beam=1)[0] == list(targets)
    label = Label("en", "sw", notes={"licence": "Apache-2.0"})
    archive = package_checkpoint(opened, codes, label, tmp_path / "p.argosmodel")
    package = install_archive(archive, tmp_path / "packages")
    # Of 40 sentences int8 rounds off up to two, and on processors without VNNI more than on others.
    assert sum(map(str.__eq__, translate_lines(package, sources, threads=1, beam=1)[0], targets)) >= 30
    assert argos(package, sources) == translate_lines(package, sources, threads=1)[0]
    metadata = json.loads((package.path / "metadata.json").read_text("utf-8"))
    assert metadata.get("target_prefix", "") == (codes.target if codes.source else "")
    assert metadata["notes"] == {"checkpoint": "checkpoint", "licence": "Apache-2.0", "quantization": "int8"}


@pytest.mark.parametrize(
    ("write", "codes"),
    [
        (write_opus_many_targets, Codes()),
        (write_opus_many_targets, Codes(target=">>zul<<")),
        (write_nllb, Codes("eng_Latn")),
        (write_nllb, Codes("eng_Latn", "swh")),
    ],
)
@pytest.mark.slow
def test_a_model_of_many_languages_needs_codes_it_knows(tmp_path: Path, write: Writer, codes: Codes) -> None:
    write_checkpoint(write, tmp_path / "checkpoint", taught=False)
    opened = open_checkpoint(str(tmp_path / "checkpoint"))
    with pytest.raises(UserError, match="--source-code and --target-code"):
        package_checkpoint(opened, codes, Label("en", "sw"), tmp_path / "p.argosmodel")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "expected a checkpoint"),
        ({"config.json": {"model_type": "bert"}}, "model type 'bert'"),
        ({"config.json": {"model_type": "marian"}, "pytorch_model.bin": {}}, "pickled weights are not read"),
        (
            {"config.json": {"model_type": "marian", "share_encoder_decoder_embeddings": False}},
            "a vocabulary for each side",
        ),
        (
            {"config.json": {"model_type": "m2m_100"}, "tokenizer_config.json": {"legacy_behaviour": True}},
            "legacy_behaviour",
        ),
    ],
)
def test_other_checkpoints_are_refused(tmp_path: Path, files: dict[str, object], message: str) -> None:
    defaults: dict[str, object] = {"tokenizer_config.json": {}} if files else {}
    for name, content in {**defaults, **files}.items():
        (tmp_path / name).write_text(json.dumps(content), "utf-8")
    if "pytorch_model.bin" not in files:
        (tmp_path / "model.safetensors").touch()
    with pytest.raises(UserError, match=message):
        open_checkpoint(str(tmp_path))


@pytest.mark.parametrize("name", ["owner/name", "owner/name@main", "owner/name@v1.0"])
def test_a_checkpoint_of_the_hub_is_pinned(name: str) -> None:
    with pytest.raises(UserError, match="<commit hash>"):
        open_checkpoint(name)
