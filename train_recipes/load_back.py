"""Load a trained or released model as any user would, and let it answer one validation row in each language.

python -m train_recipes.load_back build/train/tiny
python -m train_recipes.load_back globmed/tiny --revision v0.1.0
"""

import argparse
import sys
from pathlib import Path
from typing import Any, cast

from transformers import AutoModelForCausalLM, AutoTokenizer

from globmed.cli.child import leave
from globmed.errors import UserError
from globmed.prompts import Style, prompts
from globmed.records.manifest import MANIFEST, ModelManifest
from globmed.records.record import read_file
from globmed.records.training import DataRecord, TrainingRun
from globmed.training.rows import CHAT_TEMPLATE
from globmed.versions.client import MODEL, check_repository, download
from globmed.versions.faults import hub_errors
from globmed.versions.load import load
from globmed.versions.numbers import is_commit, tagged
from train_recipes.fitting import RECORD
from train_recipes.runs import USER_ERROR

NEW_TOKENS = 16


def load_back(place: str, revision: str | None = None) -> None:
    """Print the size of the model, the version it was trained on, and its answers.

    Args:
        place: the folder of a run, or the repository of a released model.
        revision: of the repository, a tag or a full commit hash.

    Raises:
        UserError: no run in that folder; no such release.
    """
    record = _release(place, revision) if revision else _run(Path(place))
    data, pinned = record.data, {"revision": revision} if revision else {}
    model: Any
    if isinstance(record, ModelManifest) and record.adapter:
        from peft import PeftModel

        base = record.base_model
        adapted: Any = AutoModelForCausalLM.from_pretrained(base.name, revision=base.commit)
        model = PeftModel.from_pretrained(adapted, place, revision=revision)
    else:
        model = AutoModelForCausalLM.from_pretrained(place, **pinned)
    tokenizer: Any = AutoTokenizer.from_pretrained(place, **pinned)
    name = f"{place} {revision}" if revision else place
    sys.stdout.write(f"{name}: {model.num_parameters():,} parameters, from {data.repository} {data.version}\n")
    for name in data.languages:
        _answer(model, tokenizer, name, data)


def _run(folder: Path) -> TrainingRun:
    if not (folder / RECORD).is_file():
        raise UserError(f"{folder} has no {RECORD}: name the --output_dir of a run, or a repository and its --revision")
    return read_file(TrainingRun, folder / RECORD, "name the unchanged --output_dir of a run")


def _release(repository: str, revision: str) -> ModelManifest:
    if not (tagged(revision) or is_commit(revision)):
        raise UserError(f"--revision {revision!r}: expected a tag such as v0.1.0, or a full commit hash")
    check_repository(repository)
    with hub_errors(f"{repository} at {revision}"):
        path = download(repository, MANIFEST, revision, MODEL)
    place = f"{repository} at {revision}: {MANIFEST}"
    return read_file(ModelManifest, path, "name a model of `globmed release-model`", place)


def _answer(model: Any, tokenizer: Any, name: str, data: DataRecord) -> None:
    row = load(name, data.commit, data.repository)["validation"][0]
    texts = prompts(name, cast(Style, data.style))
    ids = tokenizer.apply_chat_template(
        texts.render(row)["prompt"], add_generation_prompt=True, return_tensors="pt", **CHAT_TEMPLATE
    )
    said = model.generate(**ids, max_new_tokens=NEW_TOKENS, do_sample=False)[0, ids["input_ids"].shape[1] :]
    text = tokenizer.decode(said, skip_special_tokens=True).strip()
    sys.stdout.write(f"  {name}, {row['id']}: {text!r}; the key: {texts.answer(row)!r}\n")


def main() -> None:
    """Load what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("place", help="folder that a run left, or repository of a released model")
    parser.add_argument("--revision", help="of the repository: a tag or a full commit hash")
    options = parser.parse_args()
    try:
        with hub_errors(options.place):
            load_back(options.place, options.revision)
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        leave(USER_ERROR)
    leave(0)


if __name__ == "__main__":
    main()
