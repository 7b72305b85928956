"""Read a reference-free model of the COMET family, from the Hub or a folder.

The library of https://github.com/Unbabel/COMET cannot be installed beside the transformers that the project uses. Read
are models whose ``hparams.yaml`` says ``unified_metric`` (CometKiwi, AfriCOMET-QE, SSA-COMET-QE) or
``referenceless_regression_metric`` (COMET-QE), on an XLM-RoBERTa encoder. Only the tensors of a checkpoint are read: no
code in it is run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
import yaml
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from globmed.errors import UserError
from globmed.storage.files import sha256, sha256_text
from globmed.versions.client import check_repository, download_model
from globmed.versions.faults import hub_errors

SETTINGS = "hparams.yaml"
CHECKPOINT = "checkpoints/model.ckpt"
JOINT, APART = "unified_metric", "referenceless_regression_metric"
ACTIVATIONS = {"tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU, "gelu": torch.nn.GELU}


@dataclass(frozen=True)
class Estimator:
    """A model with its settings."""

    settings: Mapping[str, Any]
    encoder: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    head: torch.nn.Module
    #: The share of each layer of the encoder, embeddings first.
    layers: torch.Tensor
    gamma: torch.Tensor

    @property
    def joint(self) -> bool:
        """Return whether translation and source are encoded together."""
        return str(self.settings["class_identifier"]) == JOINT

    @property
    def mixed(self) -> bool:
        """Return whether an embedding is a mix of all layers."""
        return str(self.settings.get("sent_layer" if self.joint else "layer", "mix")) == "mix"

    @property
    def longest(self) -> int:
        """The most tokens that the encoder reads."""
        return int(self.encoder.config.max_position_embeddings) - 2


def load_estimator(name: str, device: str | None = None) -> Estimator:
    """Load ``repository[@revision]`` from the Hub, or a folder that has the same files.

    Raises:
        UserError: not there, not of the COMET family, with references, on another encoder, or damaged.
    """
    folder = find_model(name)
    settings = _settings(folder / SETTINGS)
    try:
        weights = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True, mmap=True)["state_dict"]
        encoder, tokenizer = _encoder(settings["pretrained_model"], weights)
        head = _head(settings, int(encoder.config.hidden_size), weights)
    except (OSError, RuntimeError, UnpicklingError, KeyError, ValueError) as error:
        raise UserError(f"{name}: {CHECKPOINT} cannot be read as a COMET checkpoint: {_line(error)}") from error
    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    layers, gamma = _mixture(settings, weights, int(encoder.config.num_hidden_layers) + 1)
    torch.nn.Module.to(encoder, chosen)
    return Estimator(settings, encoder.eval(), tokenizer, head.to(chosen).eval(), layers.to(chosen), gamma.to(chosen))


def find_model(name: str) -> Path:
    """Return the folder of ``repository[@revision]``, downloaded from the Hub if not cached, or the folder itself.

    Raises:
        UserError: the name is neither.
    """
    if Path(name).is_dir():
        return Path(name)
    repository, _, revision = name.partition("@")
    try:
        check_repository(repository)
        with hub_errors():
            return download_model(repository, revision or None, [SETTINGS, CHECKPOINT])
    except UserError as error:
        raise UserError(
            f"{name}: neither a folder nor a model that the Hub gives ({error}); expected repository[@revision], for "
            "some after `hf auth login` and its licence"
        ) from error


def model_identity(name: str) -> str:
    """Return the SHA-256 of a model's settings and checkpoint, on which its scores depend.

    Raises:
        UserError: as `find_model`; or a file is missing.
    """
    folder = find_model(name)
    try:
        found = "".join(sha256(folder / file) for file in (SETTINGS, CHECKPOINT))
    except OSError as error:
        raise UserError(f"{name}: {error.filename} is missing, so it is not a model of the COMET family") from error
    return sha256_text(found)


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _settings(path: Path) -> dict[str, Any]:
    try:
        settings = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise UserError(
            f"{path.parent}: {SETTINGS} cannot be read, so it is not a model of the COMET family"
        ) from error
    kind = settings.get("class_identifier") if isinstance(settings, dict) else None
    if kind not in {JOINT, APART} or (kind == JOINT and "src" not in settings.get("input_segments", ("src",))):
        raise UserError(
            f"{path.parent}: {SETTINGS} says {kind!r}, expected a model without references: {JOINT}, {APART}"
        )
    if not str(settings.get("encoder_model")).startswith("XLM-RoBERTa"):
        raise UserError(f"{path.parent}: encoder {settings.get('encoder_model')!r}, expected XLM-RoBERTa")
    return dict(settings)


def _encoder(name: str, weights: Mapping[str, torch.Tensor]) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Build the encoder with the checkpoint's weights; its base model gives the architecture and tokenizer."""
    encoder: PreTrainedModel = AutoModel.from_config(AutoConfig.from_pretrained(name), add_pooling_layer=False)
    prefix = "encoder.model."
    own = {key.removeprefix(prefix): value for key, value in weights.items() if key.startswith(prefix)}
    own = {key: value for key, value in own.items() if not key.endswith("position_ids")}
    encoder.load_state_dict({key: value for key, value in own.items() if not key.startswith("pooler.")})
    return encoder, AutoTokenizer.from_pretrained(name)


def _head(settings: Mapping[str, Any], width: int, weights: Mapping[str, torch.Tensor]) -> torch.nn.Module:
    """Build the layers from an embedding to a score; identity layers replace dropout, which COMET also numbers."""
    activation = ACTIVATIONS[str(settings.get("activations", "Tanh")).lower()]
    sizes = [width if settings["class_identifier"] == JOINT else 4 * width, *settings["hidden_sizes"]]
    layers: list[torch.nn.Module] = []
    for given, made in pairwise(sizes):
        layers += [torch.nn.Linear(given, made), activation(), torch.nn.Identity()]
    layers.append(torch.nn.Linear(sizes[-1], 1))
    if settings.get("final_activation"):
        layers.append(ACTIVATIONS[str(settings["final_activation"]).lower()]())
    head = torch.nn.Sequential(*layers)
    prefix = "estimator.ff."
    head.load_state_dict({key.removeprefix(prefix): value for key, value in weights.items() if key.startswith(prefix)})
    return head


def _mixture(
    settings: Mapping[str, Any], weights: Mapping[str, torch.Tensor], count: int
) -> tuple[torch.Tensor, torch.Tensor]:
    layer = settings.get("sent_layer" if settings["class_identifier"] == JOINT else "layer", "mix")
    if layer != "mix":
        return torch.nn.functional.one_hot(torch.tensor(int(layer)), count).float(), torch.ones(1)
    scalars = torch.cat([weights[f"layerwise_attention.scalar_parameters.{index}"] for index in range(count)])
    share = sparsemax if settings.get("layer_transformation") == "sparsemax" else torch.nn.functional.softmax
    return share(scalars, dim=0), weights["layerwise_attention.gamma"]


def sparsemax(values: torch.Tensor, dim: int = 0) -> torch.Tensor:
    """Return the nearest point of the simplex, with zeros where softmax has little (Martins and Astudillo, 2016)."""
    ordered, _ = values.sort(dim=dim, descending=True)
    ranks = torch.arange(1, len(values) + 1)
    support = int((1 + ranks * ordered > ordered.cumsum(dim)).sum())
    return (values - (ordered[:support].sum() - 1) / support).clamp(min=0)
