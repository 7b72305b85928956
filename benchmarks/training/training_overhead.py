"""A step of our recipe against a step of plain TRL on the same data: the ratio of their times, in one run.

globmed hub run --root build/hub -- python -m benchmarks.training_overhead    # after `make train-tiny`

Ours and plain TRL take turns, so that a machine that others use slows both; medians over all turns.
"""

import argparse
import json
import statistics
import tempfile
import time
from typing import Any

from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import ModelConfig, SFTConfig, SFTTrainer

from globmed.training.rows import CHAT_TEMPLATE, Prepared, TrainingData, prepare
from train_recipes.fitting import fit
from train_recipes.sft import make_trainer

WARM_UP = 3


class Clock(TrainerCallback):
    """The time of each step."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.started = 0.0

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start the clock."""
        self.started = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Stop it."""
        self.seconds.append(time.perf_counter() - self.started)


def settings(folder: str, steps: int) -> SFTConfig:
    """Return the same for both."""
    return SFTConfig(
        output_dir=folder,
        use_cpu=True,
        bf16=False,
        max_length=1024,
        packing=True,
        activation_checkpointing=False,
        per_device_train_batch_size=1,
        max_steps=steps,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        logging_steps=10,
    )


def ours(rows: Prepared, start: str, steps: int, clock: Clock) -> float:
    """Our recipe, from the rows to the saved model; returns the whole time of training."""
    with tempfile.TemporaryDirectory() as folder:
        model = ModelConfig(model_name_or_path=start)
        trainer = make_trainer(rows, settings(folder, steps), model)
        trainer.add_callback(clock)
        started = time.perf_counter()
        fit(trainer, rows.record, model)
        return time.perf_counter() - started


def plain(conversations: list[dict[str, Any]], start: str, steps: int, clock: Clock) -> float:
    """Train as TRL's documentation shows, on the same conversations in the same order."""
    with tempfile.TemporaryDirectory() as folder:
        model = AutoModelForCausalLM.from_pretrained(start)
        trainer = SFTTrainer(
            model=model,
            args=settings(folder, steps),
            train_dataset=Dataset.from_list(conversations),
            processing_class=AutoTokenizer.from_pretrained(start),
            callbacks=[clock],
        )
        started = time.perf_counter()
        trainer.train()
        trainer.save_model()
        return time.perf_counter() - started


def main() -> None:
    """Let them take turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", default="build/train/tiny-start")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--turns", type=int, default=6)
    asked = parser.parse_args()
    rows = prepare(TrainingData(version="0.1.0"))
    conversations = [
        {"prompt": row["prompt"], "completion": row["completion"], "chat_template_kwargs": CHAT_TEMPLATE}
        for row in rows.train
    ]
    whole: dict[str, list[float]] = {"ours": [], "plain": []}
    step: dict[str, list[float]] = {"ours": [], "plain": []}
    for turn in range(asked.turns):
        for name in ("ours", "plain") if turn % 2 else ("plain", "ours"):
            clock = Clock()
            if name == "ours":
                seconds = ours(rows, asked.start, asked.steps, clock)
            else:
                seconds = plain(conversations, asked.start, asked.steps, clock)
            whole[name].append(seconds)
            step[name] += clock.seconds[WARM_UP:]
    medians = {name: statistics.median(times) for name, times in step.items()}
    wholes = {name: statistics.median(times) for name, times in whole.items()}
    print(
        json.dumps(
            {
                "steps_each": len(step["ours"]),
                "median_step_s": {name: round(seconds, 4) for name, seconds in medians.items()},
                "step_ratio": round(medians["ours"] / medians["plain"], 4),
                "whole_training_ratio": round(wholes["ours"] / wholes["plain"], 4),
            }
        )
    )


if __name__ == "__main__":
    main()
