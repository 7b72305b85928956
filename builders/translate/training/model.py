"""A small Marian model, as an ordinary checkpoint of transformers.

The layout is that of OPUS-MT (https://huggingface.co/docs/transformers/model_doc/marian): one vocabulary for
both sides, tied embeddings, ``<pad>`` last, decoding started from a zero vector.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import MarianConfig, MarianMTModel

from builders.translate.packages.corpus import Direction
from builders.translate.training.settings import POSITIONS, Settings
from builders.translate.training.vocabulary import EOS, EOS_ID, PAD, UNKNOWN, Vocabulary
from globmed.storage.files import replaced, write_text


def make_model(settings: Settings, vocabulary: Vocabulary) -> MarianMTModel:
    """Return an untrained model, the same for the same seed.

    The row of ``<pad>`` stays zero: a converted model starts decoding from a zero vector, this one from that row.
    """
    torch.manual_seed(settings.seed)
    pad = vocabulary.size
    model = MarianMTModel(
        MarianConfig(
            vocab_size=pad + 1,
            d_model=settings.width,
            encoder_layers=settings.encoder_layers,
            decoder_layers=settings.decoder_layers,
            encoder_ffn_dim=settings.feed_forward,
            decoder_ffn_dim=settings.feed_forward,
            encoder_attention_heads=settings.heads,
            decoder_attention_heads=settings.heads,
            dropout=settings.dropout,
            init_std=settings.width**-0.5,
            activation_function="relu",
            scale_embedding=True,
            max_position_embeddings=POSITIONS,
            pad_token_id=pad,
            eos_token_id=EOS_ID,
            forced_eos_token_id=EOS_ID,
            decoder_start_token_id=pad,
        )
    )
    # On short sentences, plain attention is faster on a CPU than the fused kernel.
    model.set_attn_implementation("eager")
    model.generation_config.bad_words_ids = [[pad]]
    shared = model.get_parameter("model.shared.weight")
    shared.register_hook(_without_last_row)  # type: ignore[no-untyped-call]
    return model


def average_weights(checkpoints: Sequence[Path]) -> dict[str, torch.Tensor]:
    """Return the mean of each weight over checkpoints."""
    weights = [load_file(checkpoint / "model.safetensors") for checkpoint in checkpoints]
    return {name: torch.stack([each[name] for each in weights]).mean(0) for name in weights[0]}


def save_model(model: MarianMTModel, vocabulary_file: Path, folder: Path, direction: Direction) -> None:
    """Write the model with the files of a MarianTokenizer, replacing an existing one."""
    with replaced(folder) as partial:
        model.save_pretrained(partial)
        pieces = Vocabulary(vocabulary_file).pieces
        ids = {pieces.id_to_piece(number): number for number in range(pieces.get_piece_size())}
        write_text(partial / "vocab.json", json.dumps(ids | {PAD: len(ids)}, ensure_ascii=False))
        tokens = {"unk_token": UNKNOWN, "eos_token": EOS, "pad_token": PAD, "model_max_length": POSITIONS}
        languages = {"source_lang": direction.source, "target_lang": direction.target}
        config = {"tokenizer_class": "MarianTokenizer", "separate_vocabs": False, **tokens, **languages}
        write_text(partial / "tokenizer_config.json", json.dumps(config, indent=2))
        for name in ("source.spm", "target.spm"):
            shutil.copyfile(vocabulary_file, partial / name)


def _without_last_row(gradient: torch.Tensor) -> torch.Tensor:
    gradient = gradient.clone()
    gradient[-1] = 0
    return gradient
