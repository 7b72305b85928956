"""Load a trained model as anybody would, and let it answer one row of validation in each of its languages.

python -m train_recipes.load_back build/train/tiny
"""

import json
import sys
from pathlib import Path
from typing import Any

from transformers import AutoModelForCausalLM, AutoTokenizer

from globmed.errors import UserError
from globmed.prompts import prompts
from globmed.published import load
from globmed.training import CHAT_TEMPLATE
from train_recipes.runs import RECORD, USER_ERROR

NEW_TOKENS = 16


def load_back(folder: Path) -> None:
    """Print the size of the model, the version it was trained on, and its answers.

    Raises:
        UserError: no run in that folder.
    """
    if not (folder / RECORD).is_file():
        raise UserError(f"{folder} has no {RECORD}: name the --output_dir of a run")
    data = json.loads((folder / RECORD).read_text("utf-8"))["data"]
    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    sys.stdout.write(f"{folder}: {model.num_parameters():,} parameters, from {data['repository']} {data['version']}\n")
    for name in data["languages"]:
        row = load(name, data["commit"], data["repository"])["validation"][0]
        texts = prompts(name, data["style"])
        ids = tokenizer.apply_chat_template(
            texts.render(row)["prompt"], add_generation_prompt=True, return_tensors="pt", **CHAT_TEMPLATE
        )
        said = model.generate(**ids, max_new_tokens=NEW_TOKENS, do_sample=False)[0, ids["input_ids"].shape[1] :]
        text = tokenizer.decode(said, skip_special_tokens=True).strip()
        sys.stdout.write(f"  {name}, {row['id']}: {text!r}; the key: {texts.answer(row)!r}\n")


if __name__ == "__main__":
    try:
        load_back(Path(sys.argv[1]))
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(USER_ERROR)
