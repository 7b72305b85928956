"""Tokens per second, share of the card's peak and peak memory of a recipe on one GPU: all weights, and LoRA.

python -m benchmarks.training_speed                          # qwen3-1.7b, random weights of its shape
python -m benchmarks.training_speed --small --use_cpu true --bf16 false    # a trial run

Flags that it does not know are the recipe's (`--per_device_train_batch_size 16`). The rows are the sample's, packed.

Model FLOPs utilisation as in the PaLM paper's appendix B (arXiv 2204.02311), without the attention's own products, so
that it is a lower bound: a token costs 2 FLOPs a weight forward, 2 for the gradient of what flows through it, and 2 for
the gradient of the weight where it is trained. What activation checkpointing computes again does not count.
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, PreTrainedConfig, TrainerCallback
from trl import ModelConfig, SFTConfig, TrlParser

from globmed.training.rows import Prepared, TrainingData
from tests.train_recipes.conftest import data_record, split
from tests.train_recipes.shapes import PUBLISHED, qwen3
from train_recipes.sft import make_trainer
from train_recipes.tiny import train_tokenizer

RECIPES = Path(__file__).parents[2] / "train_recipes/recipes"
LORA = ("--use_peft", "true", "--lora_r", "32", "--lora_alpha", "64", "--lora_target_modules", "all-linear")
METHODS: dict[str, tuple[str, ...]] = {"all weights": (), "LoRA": (*LORA, "--dtype", "bfloat16")}
#: Dense bf16 with float32 sums, TFLOP/s, from NVIDIA's data sheets; a name stands in what torch calls the card.
PEAKS = {"H200": 989.4, "H100 PCIe": 756.0, "H100": 989.4, "A100": 312.0, "L40S": 362.0}
WARM_UP = 3
VOCABULARY = 16000


class Clock(TrainerCallback):
    """Seconds and tokens of each step, the device's queue emptied before either is read."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, int]] = []
        self.before = (0.0, 0)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start the clock."""
        self.before = (now(), state.num_input_tokens_seen)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Stop it."""
        started, tokens = self.before
        self.steps.append((now() - started, state.num_input_tokens_seen - tokens))


def now() -> float:
    """Return the time at which all that was asked of the device is done, in seconds."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def measure(config: PreTrainedConfig, rows: Prepared, folder: Path, flags: list[str]) -> dict[str, Any]:
    """Return a few steps of the recipe's own trainer from random weights."""
    start = folder / "start"
    if not start.is_dir():
        write_start(config, rows.train, start)
    dataclasses: Any = (TrainingData, SFTConfig, ModelConfig)
    _, arguments, model = TrlParser(dataclasses).parse_args_and_config(["--model_name_or_path", str(start), *flags])
    trainer = make_trainer(rows, arguments, model)
    clock = Clock()
    trainer.add_callback(clock)
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    trainer.train()
    timed = clock.steps[WARM_UP:]
    rate = statistics.median(tokens / seconds for seconds, tokens in timed)
    assert trainer.model is not None
    flops = flops_per_token(trainer.model)
    return {
        "steps": len(timed),
        "tokens_a_step": timed[0][1],
        "tokens_per_s": round(rate, 1),
        "model_tflops": round(rate * flops / 1e12, 4),
        "peak_memory_gib": round(peak_memory() / 2**30, 2),
        "attention": model.attn_implementation,
        "liger": arguments.use_liger_kernel,
    }


def write_start(config: PreTrainedConfig, rows: Dataset, folder: Path) -> None:
    """Random weights, and a tokenizer whose ids all have a row in them."""
    tokenizer = train_tokenizer(rows, VOCABULARY)
    tokenizer.save_pretrained(folder)
    config.eos_token_id, config.pad_token_id = tokenizer.eos_token_id, tokenizer.pad_token_id
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16).save_pretrained(folder)


def flops_per_token(model: torch.nn.Module) -> int:
    """Of a training step, by the weights of the linear layers, the output layer among them."""
    linear = [layer.weight for layer in model.modules() if isinstance(layer, torch.nn.Linear)]
    return sum(weight.numel() * (6 if weight.requires_grad else 4) for weight in linear)


def peak_memory() -> int:
    """In bytes: what the device's allocator held; on the CPU, the process's resident set."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_reserved()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def matrix_product(size: int, kind: torch.dtype, device: str) -> float:
    """Return the speed of a product of two random square matrices in TFLOP/s: the median of ten."""
    left, right = (torch.randn(size, size, dtype=kind, device=device) for _ in range(2))
    seconds = []
    for _ in range(13):
        started = now()
        left @ right
        seconds.append(now() - started)
    return 2 * size**3 / statistics.median(seconds[3:]) / 1e12


def sample_rows(times: int) -> Prepared:
    """Return the sample's English rows for training, each so many times."""
    train, validation = split("train"), split("validation")
    repeated = train.select([index for _ in range(times) for index in range(train.num_rows)])
    return Prepared(repeated, validation, data_record(train, validation))


def main() -> None:
    """Measure each method, and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", choices=sorted(PUBLISHED), default="qwen3-1.7b")
    parser.add_argument("--small", action="store_true", help="four layers of width 256 instead of the recipe's model")
    parser.add_argument("--steps", type=int, default=13, help=f"the first {WARM_UP} are not counted")
    parser.add_argument("--repeat", type=int, default=2000, help="how often every row of the sample comes")
    asked, flags = parser.parse_known_args()
    on_gpu = torch.cuda.is_available()
    card = torch.cuda.get_device_name() if on_gpu else "CPU"
    peak = next((peak for name, peak in PEAKS.items() if name in card), None)
    size, kind, device = (8192, torch.bfloat16, "cuda") if on_gpu else (1024, torch.float32, "cpu")
    product = matrix_product(size, kind, device)
    rows = sample_rows(asked.repeat)
    config = qwen3(256, 768, 4, 8, tied=True) if asked.small else PUBLISHED[asked.recipe][0]
    fixed = ["--save_strategy", "no", "--eval_strategy", "no", "--resume_from_checkpoint", "false"]
    fixed += ["--logging_steps", "1000", "--include_num_input_tokens_seen", "true", "--disable_tqdm", "true"]
    for method, own in METHODS.items():
        with tempfile.TemporaryDirectory() as folder:
            given = ["--config", str(RECIPES / f"{asked.recipe}.yaml"), "--output_dir", folder, *fixed, *own]
            found = measure(config, rows, Path(folder), [*given, "--max_steps", str(asked.steps), *flags])
        tflops = found["model_tflops"]
        utilisation = {"mfu": peak and round(tflops / peak, 3), "of_a_matrix_product": round(tflops / product, 3)}
        shape = "small" if asked.small else asked.recipe
        print(json.dumps({"card": card, "shape": shape, "method": method, **found, **utilisation}), flush=True)


if __name__ == "__main__":
    main()
