"""A model through lm-evaluation-harness, in a process of its own: it reads the Hub's address when it is imported."""

import json
import sys
from pathlib import Path

import torch
from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

from tests.bench_recipes.tiny import load


def main() -> None:
    """``python -m tests.bench_recipes.harness FOLDER MODEL OUT``: the samples of every task as JSON."""
    folder, model, out = map(Path, sys.argv[1:])
    torch.set_num_threads(1)
    weights, tokenizer = load(model)
    harness = HFLM(pretrained=weights, tokenizer=tokenizer, batch_size=8, max_length=4096)
    tasks = sorted(path.stem for path in folder.glob("*.yaml"))
    manager = TaskManager(include_path=str(folder), include_defaults=False)
    found = simple_evaluate(harness, tasks=tasks, task_manager=manager, log_samples=True, bootstrap_iters=0)
    samples = [
        {
            "task": task,
            "id": sample["doc"]["id"],
            "prompt": sample["arguments"][0][0],
            "says": [said for _, said in sample["arguments"]],
            "log_likelihoods": [answer[0][0] for answer in sample["resps"]],
            "target": sample["target"],
            "acc": sample["acc"],
        }
        for task, samples in found["samples"].items()
        for sample in samples
    ]
    out.write_text(json.dumps(samples), "utf-8")


if __name__ == "__main__":
    main()
