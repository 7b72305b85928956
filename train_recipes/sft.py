"""Supervised fine-tuning on a published version; the loss is on the answers alone.

accelerate launch -m train_recipes.sft --config train_recipes/recipes/qwen3-1.7b.yaml
"""

from trl import ModelConfig, SFTConfig, SFTTrainer, get_peft_config

from globmed.training import TrainingData, prepare
from train_recipes.runs import announce, fit, run, settle

CONVERSATION = ["prompt", "completion", "chat_template_kwargs"]


def trainer_for(data: TrainingData, arguments: SFTConfig, model: ModelConfig) -> tuple[SFTTrainer, dict[str, object]]:
    """The trainer of a recipe, and the record of its data."""
    start = settle(arguments, model)
    with arguments.main_process_first(desc="rows"):
        rows = prepare(data)
    announce(rows.record)
    trainer = SFTTrainer(
        model=start,
        args=arguments,
        train_dataset=rows.train.select_columns(CONVERSATION),
        eval_dataset=None if arguments.eval_strategy == "no" else rows.validation.select_columns(CONVERSATION),
        peft_config=get_peft_config(model),
    )
    return trainer, dict(rows.record)


def main(data: TrainingData, arguments: SFTConfig, model: ModelConfig) -> None:
    """Train, and save the model with the record of the run."""
    trainer, record = trainer_for(data, arguments, model)
    fit(trainer, record, model)


if __name__ == "__main__":
    run(main, (TrainingData, SFTConfig, ModelConfig))
