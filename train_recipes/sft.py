"""Supervised fine-tuning on a published version; the loss is computed on the answers only.

accelerate launch -m train_recipes.sft --config train_recipes/recipes/qwen3-1.7b.yaml
"""

from trl import ModelConfig, SFTConfig, SFTTrainer, get_peft_config

from globmed.training.rows import Prepared, TrainingData
from train_recipes.chat.lengths import fits
from train_recipes.fitting import fit
from train_recipes.runs import prepare_rows, run, settle

SETTINGS = (TrainingData, SFTConfig, ModelConfig)
CONVERSATION = ["prompt", "completion", "chat_template_kwargs"]


def make_trainer(rows: Prepared, arguments: SFTConfig, model: ModelConfig) -> SFTTrainer:
    """Return the trainer of a recipe on its rows; TRL's loss of prompts and completions is that of completions only."""
    return SFTTrainer(
        model=settle(arguments, model),
        args=arguments,
        train_dataset=rows.train.select_columns(CONVERSATION),
        eval_dataset=None if arguments.eval_strategy == "no" else rows.validation.select_columns(CONVERSATION),
        peft_config=get_peft_config(model),
    )


def main(data: TrainingData, arguments: SFTConfig, model: ModelConfig) -> None:
    """Train, and save the model with the record of the run."""
    rows = prepare_rows(data, arguments, fits(arguments, model))
    fit(make_trainer(rows, arguments, model), rows.record, model)


if __name__ == "__main__":
    run(main, SETTINGS)
