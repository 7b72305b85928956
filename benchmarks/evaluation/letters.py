"""Letter scoring against lm-eval's multiple choice: throughput in one run, and the predictions compared.

    python -m benchmarks.letters --items 64 --vocabulary 151936 --width 512 --layers 8 --turns 3

A random model in the shape of Qwen3, on two cores or ``--device cuda``; both harnesses see the same prompts. lm-eval
takes the batch with which it is fastest, found first. Medians of turns taken one after the other, so that a machine
that others use slows both.
"""

import argparse
import json
import logging
import random
import statistics
import time

import polars as pl
import torch
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from bench_recipes.ask.letters import Scorer, score

LABELS = ["A", "B", "C", "D"]
POSITIONS = 4096
BATCHES = (1, 4, 16)
CORES = 2


def tokenizer_of(vocabulary: int) -> PreTrainedTokenizerFast:
    """Return one token a byte, one a letter with its space, and names of nothing up to the size."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*alphabet, *(f"Ġ{label}" for label in LABELS)]
    tokens += [f"unused{index}" for index in range(vocabulary - len(tokens))]
    made = Tokenizer(models.BPE({token: index for index, token in enumerate(tokens)}, [("Ġ", x) for x in LABELS]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token="unused0", pad_token="unused1")


def model_of(vocabulary: int, width: int, layers: int) -> Qwen3ForCausalLM:
    """Random weights."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 64,
        num_key_value_heads=max(1, width // 128),
        head_dim=64,
        max_position_embeddings=POSITIONS,
        tie_word_embeddings=True,
    )
    made: Qwen3ForCausalLM = Qwen3ForCausalLM(config).eval()
    return made


def items_of(count: int, shortest: int, longest: int) -> pl.DataFrame:
    """Made-up questions of many lengths, in tokens."""
    draw = random.Random(0)
    words = ["fever", "dose", "mg", "child", "water", "daily", "test", "blood"]
    prompts = []
    for index in range(count):
        text = f"Question {index}:"
        while len(text) < draw.randint(shortest, longest) - len("\nAnswer:"):
            text += " " + draw.choice(words)
        prompts.append(text + "\nAnswer:")
    return pl.DataFrame({"prompt": prompts, "delimiter": [" "] * count, "says": [LABELS] * count})


def theirs(harness: HFLM, items: pl.DataFrame) -> list[list[float]]:
    """Return the requests of a multiple-choice task, one a choice."""
    requests = [
        Instance("loglikelihood", {}, (row["prompt"], row["delimiter"] + said), place)
        for row in items.to_dicts()
        for place, said in enumerate(row["says"])
    ]
    flat = [found[0] for found in harness.loglikelihood(requests, disable_tqdm=True)]
    return [flat[start : start + len(LABELS)] for start in range(0, len(flat), len(LABELS))]


def harness_of(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, batch: int, device: str) -> HFLM:
    """lm-eval's model."""
    return HFLM(pretrained=model, tokenizer=tokenizer, batch_size=batch, device=device)


def fastest_batch(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, items: pl.DataFrame, device: str) -> int:
    """Return the batch with which lm-eval is fastest on some of the items."""
    seconds = {}
    for batch in BATCHES:
        harness = harness_of(model, tokenizer, batch, device)
        started = time.perf_counter()
        theirs(harness, items)
        seconds[batch] = time.perf_counter() - started
    return min(seconds, key=seconds.__getitem__)


def best(scores: list[float]) -> int:
    """Return the place of the likeliest choice."""
    return scores.index(max(scores))


def main() -> None:
    """Let them take turns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (
        ("items", 64),
        ("vocabulary", 151_936),
        ("width", 512),
        ("layers", 8),
        ("turns", 3),
        ("shortest", 120),
        ("longest", 320),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--device", default="cpu")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    torch.set_num_threads(CORES)
    tokenizer, model = tokenizer_of(asked.vocabulary), model_of(asked.vocabulary, asked.width, asked.layers)
    torch.nn.Module.to(model, asked.device)
    items = items_of(asked.items, asked.shortest, asked.longest)
    batch = fastest_batch(model, tokenizer, items[: asked.items // 4], asked.device)
    harness = harness_of(model, tokenizer, batch, asked.device)
    scorer = Scorer(model, tokenizer, chat=False)
    seconds: dict[str, list[float]] = {"ours": [], "lm_eval": []}
    found: dict[str, list[list[float]]] = {}
    for _ in range(asked.turns):
        started = time.perf_counter()
        found["lm_eval"] = theirs(harness, items)
        between = time.perf_counter()
        found["ours"] = score(scorer, items)["log_likelihoods"].to_list()
        seconds["lm_eval"].append(between - started)
        seconds["ours"].append(time.perf_counter() - between)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    pairs = list(zip(found["ours"], found["lm_eval"], strict=True))
    report = {
        "parameters_m": round(sum(p.numel() for p in model.parameters()) / 1e6),
        "vocabulary": asked.vocabulary,
        "items": asked.items,
        "lm_eval_batch": batch,
        "items_per_s": {name: round(asked.items / each, 2) for name, each in medians.items()},
        "ratio": round(medians["lm_eval"] / medians["ours"], 2),
        "same_predictions": sum(best(a) == best(b) for a, b in pairs),
        "largest_difference": max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True)),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
