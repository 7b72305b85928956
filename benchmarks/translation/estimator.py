"""Scores of our reader of COMET models against those of COMET's own library, which needs an environment of its own.

    python -m venv build/comet && build/comet/bin/pip install unbabel-comet 'setuptools<80'
    python -m benchmarks.estimator --comet build/comet/bin/python

The models are tiny, with random weights, one for each way in which a model of the family can be made up.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from tests.validation.signals.evidence.test_comet import SOURCES, TARGETS, write_model
from validation.signals.evidence.comet import APART, load_estimator
from validation.signals.evidence.estimator import estimate

MODELS: dict[str, dict[str, Any]] = {
    "unified": {},
    "unified, one layer, sigmoid": {"sent_layer": 1, "final_activation": "Sigmoid"},
    "apart, mean": {"class_identifier": APART},
    "apart, maximum, softmax": {
        "class_identifier": APART,
        "pool": "max",
        "layer_transformation": "softmax",
        "layer_norm": False,
    },
    "apart, first token": {"class_identifier": APART, "pool": "default", "layer": 2},
}
#: Runs in COMET's environment: folders and pairs come in, scores go out.
PEER = """
import json, sys
import torch
from comet.models import load_from_checkpoint
folders, pairs, out = json.load(sys.stdin)
scores = []
for folder in folders:
    path = folder + "/checkpoints/model.ckpt"
    torch.save({**torch.load(path), "pytorch-lightning_version": "2.0.0"}, path)
    model = load_from_checkpoint(path, reload_hparams=True).eval()
    batches = [model.prepare_sample([{"src": a, "mt": b}], stage="predict") for a, b in pairs]
    with torch.no_grad():
        made = [model(**(batch[0] if isinstance(batch, tuple) else batch)).score.item() for batch in batches]
    scores.append(made)
json.dump(scores, open(out, "w"))
"""


def main() -> None:
    """Score the same pairs by both, and print the largest difference of each model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comet", required=True, help="Python of an environment with unbabel-comet")
    options = parser.parse_args()
    pairs = [(source, target) for source, target in zip(SOURCES, TARGETS, strict=True) if source is not None]
    sources, targets = (pl.Series(each) for each in zip(*pairs, strict=True))
    with tempfile.TemporaryDirectory(prefix="globmed-benchmark-") as place:
        folders = [write_model(Path(place) / str(n), **made) for n, made in enumerate(MODELS.values())]
        ours = [estimate(load_estimator(str(folder)), sources, targets).to_list() for folder in folders]
        out = Path(place) / "scores.json"
        subprocess.run(
            [options.comet, "-c", PEER],
            input=json.dumps([[str(folder) for folder in folders], pairs, str(out)]),
            env={**os.environ, "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        theirs = json.loads(out.read_text("utf-8"))
    for name, one, other in zip(MODELS, ours, theirs, strict=True):
        largest = max(abs(a - b) for a, b in zip(one, other, strict=True))
        print(f"{name}: {len(one)} pairs, largest difference {largest:.1e}")


if __name__ == "__main__":
    main()
