"""Rows of a published version to packed batches: time and memory, the first time and from the cache.

python -m benchmarks.training_data --rows 500000 --out build/bench/training [--processes 2]

The version is made up here: items of the sample with a number of their own, as many in every language, released to a
local Hub. The tokenizer is trained on them (16,000 tokens), the model has random weights and takes no step.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import psutil
from huggingface_hub import HfApi

from globmed.hub.process import running
from globmed.languages import select
from globmed.prompts import prompts
from globmed.records.manifest import MANIFEST, FileEntry, Manifest
from globmed.records.record import write_record
from globmed.schema import arrow_schema, polars_schema
from globmed.versions import REPOSITORY

ROOT = Path(__file__).parents[2]
LANGUAGES = ("english", "spanish", "french", "swahili")
HELD_OUT = 0.02
PREPARE = """
import json, sys, time
from pathlib import Path
from trl import ModelConfig, SFTConfig
from globmed.training.rows import TrainingData, prepare
from train_recipes.sft import make_trainer
from train_recipes.tiny import Shape, make_model
out, languages, processes = Path(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3])
started = time.perf_counter()
rows = prepare(TrainingData(version="1.0.0", languages=languages, mix_temperature=2.0))
prepared = time.perf_counter()
if not (out / "start").is_dir():
    make_model(Shape(16000, 64, 1), rows.train.select(range(min(20000, rows.train.num_rows))), out / "start", 2048, 0)
made = time.perf_counter()
arguments = SFTConfig(output_dir=str(out / "run"), use_cpu=True, bf16=False, max_length=2048, packing=True,
                      dataset_num_proc=processes, report_to="none")
trainer = make_trainer(rows, arguments, ModelConfig(model_name_or_path=str(out / "start")))
done = time.perf_counter()
tokens = sum(map(sum, trainer.train_dataset["seq_lengths"]))
print(json.dumps({"rows": rows.train.num_rows, "prepare_s": round(prepared - started, 1),
                  "tokenise_and_pack_s": round(done - made, 1), "sequences": len(trainer.train_dataset),
                  "tokens": tokens}))
"""


def version_of(rows: int, folder: Path) -> None:
    """A dataset folder with so many rows together, from the sample's English items."""
    items = [json.loads(line) for line in (ROOT / "builders/sample/items.jsonl").read_text("utf-8").splitlines()]
    files = {}
    each = rows // len(LANGUAGES)
    for entry in select(LANGUAGES):
        made = [_row(items[index % len(items)], index, entry.tag, each) for index in range(each)]
        frame = pl.DataFrame(made, schema=polars_schema(), strict=False)
        for (split,), part in frame.group_by(pl.col("id").str.split("/").list.get(1)):
            path = folder / "data" / entry.name / f"{split}-00000-of-00001.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            part.select(arrow_schema().names).write_parquet(path)
            files[path.relative_to(folder).as_posix()] = FileEntry.of(path, part.height)
    manifest = Manifest("1.0.0", configs={name: {} for name in LANGUAGES}, files=files)
    write_record(folder / MANIFEST, manifest)


def _row(item: dict[str, object], index: int, tag: str, each: int) -> dict[str, object]:
    held_out = each * HELD_OUT
    split = "test" if index < held_out else "validation" if index < 2 * held_out else "train"
    options = item["options"]
    assert options is None or isinstance(options, dict)
    stem = "question" if item["question"] else "premise"
    return item | {
        "id": f"sample/{split}/{index}",
        "language": tag,
        "source": "sample",
        "origin": "machine",
        "options": options and [{"label": label, "text": text} for label, text in options.items()],
        stem: f"{prompts(tag, 'native').parts['answer']} {index}. {item[stem]}",
        "provenance": {},
        "quality": {},
        "review": {},
    }


@contextmanager
def peak_memory(process: int) -> Iterator[list[float]]:
    """Follow the memory of a process and its children: the largest sum, in GB; shared pages are counted once."""
    peak, over = [0.0], threading.Event()

    def follow() -> None:
        while not over.wait(0.5):
            try:
                parent = psutil.Process(process)
                family = [parent, *parent.children(recursive=True)]
                used = sum(member.memory_full_info().uss for member in family) / 1e9
                peak[0] = max(peak[0], used)
            except psutil.Error:
                continue

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def main() -> None:
    """Make the version, and prepare it twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("build/bench/training"))
    asked = parser.parse_args()
    folder = asked.out / "version"
    version_of(asked.rows, folder)
    with running(asked.out / "hub") as hub:
        api = HfApi(endpoint=hub.url, token=hub.token)
        api.create_repo(REPOSITORY, repo_type="dataset", exist_ok=True)
        commit = api.upload_folder(repo_id=REPOSITORY, folder_path=folder, repo_type="dataset")
        api.create_tag(REPOSITORY, tag="v1.0.0", revision=commit.oid, repo_type="dataset", exist_ok=True)
        environment = os.environ | {"HF_ENDPOINT": hub.url, "HF_HOME": str(asked.out / "hf-home")}
        for attempt in ("first", "cached"):
            started = time.perf_counter()
            command = [sys.executable, "-c", PREPARE, str(asked.out), ",".join(LANGUAGES), str(asked.processes)]
            with (
                subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process,
                peak_memory(process.pid) as peak,
            ):
                said, _ = process.communicate()
            assert process.returncode == 0
            figures = json.loads(said.splitlines()[-1])
            figures |= {
                "run": attempt,
                "whole_s": round(time.perf_counter() - started, 1),
                "peak_gb": round(peak[0], 2),
            }
            print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
