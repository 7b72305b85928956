"""Learned estimators: tiny checkpoints in the published form, read as tensors, and scored in any order and batch."""

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
import yaml
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

from globmed.errors import UserError
from validation.signals.evidence import estimator as estimator_module
from validation.signals.evidence.comet import APART, CHECKPOINT, JOINT, SETTINGS, load_estimator, sparsemax
from validation.signals.evidence.estimator import estimate

pytestmark = pytest.mark.model

WORDS = [
    "take",
    "give",
    "the",
    "dose",
    "drug",
    "mg",
    "day",
    "of",
    "two",
    "ten",
    "a",
    "child",
    "mtoto",
    "dawa",
    "kipimo",
    "siku",
    "mbili",
    "kumi",
    "cha",
    "kila",
]
WIDTH, LAYERS = 16, 3
SOURCES = ["take two of the drug a day", "the dose of a child", "give ten mg", None, "take two of the drug a day"]
TARGETS = ["dawa mbili kila siku", "kipimo cha mtoto", "kumi mg " * 30, "dawa", "dawa mbili kila siku"]


def write_encoder(folder: Path) -> Path:
    """Return an untrained encoder's configuration, and a tokenizer of whole words."""
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    made = Tokenizer(models.WordLevel({word: n for n, word in enumerate([*special, *WORDS])}, unk_token=special[3]))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    names = dict(zip(("cls_token", "pad_token", "sep_token", "unk_token"), special, strict=True))
    tokens = PreTrainedTokenizerFast(tokenizer_object=made, **names)
    tokens.save_pretrained(folder)
    config = XLMRobertaConfig(
        vocab_size=len(special) + len(WORDS),
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=26,
        pad_token_id=1,
    )
    config.save_pretrained(folder)
    return folder


def write_model(folder: Path, **settings: Any) -> Path:
    """Return a checkpoint with random weights, as COMET's library writes one."""
    chosen: dict[str, Any] = {
        "class_identifier": JOINT,
        "encoder_model": "XLM-RoBERTa",
        "pretrained_model": str(write_encoder(folder / "encoder")),
        "input_segments": ["mt", "src"],
        "sent_layer": "mix",
        "layer": "mix",
        "layer_transformation": "sparsemax",
        "layer_norm": True,
        "pool": "avg",
        "hidden_sizes": [8, 4],
        "activations": "Tanh",
        "final_activation": None,
    }
    chosen |= settings
    torch.manual_seed(0)
    config = XLMRobertaConfig.from_pretrained(folder / "encoder")
    encoder = XLMRobertaModel(config, add_pooling_layer=False)
    inside = WIDTH * (1 if chosen["class_identifier"] == JOINT else 4)
    sizes = [inside, *chosen["hidden_sizes"], 1]
    weights = {f"encoder.model.{name}": value for name, value in encoder.state_dict().items()}
    for number, (given, made) in enumerate(pairwise(sizes)):
        weights[f"estimator.ff.{3 * number}.weight"] = torch.randn(made, given)
        weights[f"estimator.ff.{3 * number}.bias"] = torch.randn(made)
    for number in range(LAYERS + 1):
        weights[f"layerwise_attention.scalar_parameters.{number}"] = torch.randn(1)
    weights["layerwise_attention.gamma"] = torch.tensor([1.3])
    (folder / CHECKPOINT).parent.mkdir()
    torch.save({"state_dict": weights}, folder / CHECKPOINT)
    (folder / SETTINGS).write_text(yaml.safe_dump(chosen))
    return folder


def scores(folder: Path, sources: list[str | None] | None = None, targets: list[str] | None = None) -> list[Any]:
    found = load_estimator(str(folder))
    pairs = pl.Series(SOURCES if sources is None else sources), pl.Series(TARGETS if targets is None else targets)
    return estimate(found, *pairs).to_list()


@pytest.mark.parametrize("kind", [JOINT, APART])
def test_pairs_get_scores_that_depend_on_nothing_but_the_pair(tmp_path: Path, kind: str, monkeypatch: Any) -> None:
    folder = write_model(tmp_path, class_identifier=kind)
    together = scores(folder)
    assert together[3] is None
    assert together[0] == together[4]
    assert len({together[0], together[1], together[2]}) == 3
    alone = [scores(folder, [source], [target])[0] for source, target in zip(SOURCES, TARGETS, strict=True) if source]
    assert alone == pytest.approx([score for score in together if score is not None], abs=2e-4)
    monkeypatch.setattr(estimator_module, "BATCH_TOKENS", 1)
    assert [score for score in scores(folder) if score is not None] == pytest.approx(alone, abs=2e-4)


@pytest.mark.parametrize(
    "settings",
    [
        {"class_identifier": APART, "pool": "max"},
        {"class_identifier": APART, "pool": "cls", "layer": 2},
        {"layer_transformation": "softmax", "layer_norm": False},
        {"sent_layer": 1, "activations": "ReLU", "final_activation": "Sigmoid"},
    ],
)
def test_every_setting_changes_the_score(tmp_path: Path, settings: dict[str, Any]) -> None:
    kind = {key: value for key, value in settings.items() if key == "class_identifier"}
    usual = scores(write_model(tmp_path / "usual", **kind))[0]
    other = scores(write_model(tmp_path / "other", **settings))[0]
    assert math.isfinite(other)
    assert other != usual


def test_sparsemax_is_the_nearest_point_of_the_simplex() -> None:
    assert sparsemax(torch.tensor([3.0, 0.0, 0.0])).tolist() == [1, 0, 0]
    assert sparsemax(torch.tensor([0.5, 0.5])).tolist() == [0.5, 0.5]
    assert sparsemax(torch.tensor([1.0, 0.6, -1.0])).tolist() == pytest.approx([0.7, 0.3, 0.0])


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"class_identifier": "regression_metric"}, "a model without references"),
        ({"input_segments": ["mt", "ref"]}, "a model without references"),
        ({"encoder_model": "BERT"}, "expected XLM-RoBERTa"),
        ({"hidden_sizes": [7, 4]}, "cannot be read as a COMET checkpoint"),
    ],
)
def test_a_model_of_another_kind_is_refused(tmp_path: Path, settings: dict[str, Any], told: str) -> None:
    folder = write_model(tmp_path)
    (folder / SETTINGS).write_text(yaml.safe_dump({**yaml.safe_load((folder / SETTINGS).read_text()), **settings}))
    with pytest.raises(UserError, match=told) as error:
        load_estimator(str(folder))
    assert "\n" not in str(error.value)


def test_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "harmed",)

    folder = write_model(tmp_path / "model")
    torch.save({"state_dict": Harm()}, folder / CHECKPOINT)
    with pytest.raises(UserError, match="cannot be read as a COMET checkpoint"):
        load_estimator(str(folder))
    assert not (tmp_path / "harmed").exists()


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a model of the COMET family"):
        load_estimator(str(tmp_path))
    with pytest.raises(UserError, match="neither a folder nor a model"):
        load_estimator("not a name")
