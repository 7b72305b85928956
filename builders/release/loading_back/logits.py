"""Load a published model back with `transformers`, and compare it with the folder that was uploaded.

Run by `builders.release.loading_back.processes` in a separate process, ``python -m
builders.release.loading_back.logits``, with a fresh cache. Every file is compared by its SHA-256, the tokenizer by its
tokens of fixed texts, and the weights by the logits of these texts, which have to be equal bit for bit: both are
computed here, one after the other, by the same code.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import hf_hub_download
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from globmed.cli.child import answer
from globmed.storage.files import sha256

#: One line per script or tone mark that is difficult for tokenizers.
TEXTS = (
    "A child has had a fever of 39.5 °C for two days. What comes first?",
    "每日两次，每次 5 毫克。",
    "小児の発熱が二日続いています。",
    "La dose est de 0,5 mg/kg par jour ; n’en donnez pas plus.",
    "Mtoto ana homa kwa siku mbili. Je, anahitaji dawa?",
    "Ọmọ náà ní ibà fún ọjọ́ méjì.",
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to compare a published model with its candidate.

    Attributes:
        repository: the repository that it was published to.
        commit: its commit there.
        folder: the candidate.
        files: the SHA-256 of every file of the candidate by name.
        base: for an adapter, the folder of its base model.
    """

    repository: str
    commit: str
    folder: str
    files: Mapping[str, str]
    base: str | None


def differences(request: Request) -> Iterator[str]:
    """Yield a line per difference: in files, else in tokens, else in logits; the first kind that differs ends it."""
    other = [name for name, expected in request.files.items() if _published(request, name) != expected]
    if other:
        yield from (f"{name} is not the file that was uploaded" for name in other)
        return
    here: Any = AutoTokenizer.from_pretrained(request.folder)
    there: Any = AutoTokenizer.from_pretrained(request.repository, revision=request.commit)
    if _tokens(here) != _tokens(there):
        yield "the loaded tokenizer differs from the uploaded one"
        return
    expected = _logits(_load(request.folder, None, request.base), here)
    found = _logits(_load(request.repository, request.commit, request.base), there)
    for text, one, two in zip(TEXTS, expected, found, strict=True):
        if not torch.isfinite(one).all():
            yield f"the model's logits are not finite numbers for {text!r}"
        elif not torch.equal(one, two):
            yield f"the model that was loaded gives other logits for {text!r}"


def _published(request: Request, name: str) -> str:
    return sha256(Path(hf_hub_download(request.repository, name, revision=request.commit)))


def _tokens(tokenizer: Any) -> list[object]:
    """Return the tokens of the texts, and of the chat template applied to each."""
    asked = [[{"role": "user", "content": text}] for text in TEXTS]
    chats = [tokenizer.apply_chat_template(turns, tokenize=False) for turns in asked] if tokenizer.chat_template else []
    return [*(tokenizer(text)["input_ids"] for text in TEXTS), *chats]


def _load(place: str, commit: str | None, base: str | None) -> Any:
    revision: dict[str, Any] = {} if commit is None else {"revision": commit}
    if base is not None:
        from peft import PeftModel

        return PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), place, **revision).eval()
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        place, use_safetensors=True, output_loading_info=True, **revision
    )
    model, info = loaded
    if missing := sorted(info["missing_keys"]):
        sys.exit(f"{place} lacks weights that its configuration names, such as {missing[0]}")
    return model.eval()


@torch.inference_mode()
def _logits(model: Any, tokenizer: Any) -> list[torch.Tensor]:
    """Return the logits at every position of each text: positions x vocabulary."""
    return [model(torch.tensor([tokenizer(text)["input_ids"]])).logits[0] for text in TEXTS]


def main() -> None:
    """Write the differences as JSON; exit with 1 if there are any."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    found = list(differences(Request(**json.load(sys.stdin))))
    answer(found, 1 if found else 0)


if __name__ == "__main__":
    main()
