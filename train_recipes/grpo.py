"""GRPO on a published version, with rewards that can be checked: the answer key, and the language of the answer.

accelerate launch -m train_recipes.grpo --config train_recipes/recipes/grpo-qwen3-1.7b.yaml
"""

from trl import GRPOConfig, GRPOTrainer, ModelConfig, get_peft_config

from globmed.training import CHAT_TEMPLATE, TrainingData, prepare
from train_recipes.rewards import answer_key, answer_language
from train_recipes.runs import announce, fit, run, settle

#: What the rewards read, beside the completions.
COLUMNS = ["id", "prompt", "language", "task", "options", "answer", "style"]


def trainer_for(data: TrainingData, arguments: GRPOConfig, model: ModelConfig) -> tuple[GRPOTrainer, dict[str, object]]:
    """The trainer of a recipe, and the record of its data."""
    start = settle(arguments, model)
    # Here the trainer applies the template, not the rows.
    arguments.chat_template_kwargs = CHAT_TEMPLATE
    with arguments.main_process_first(desc="rows"):
        rows = prepare(data)
    announce(rows.record)
    trainer = GRPOTrainer(
        model=start,
        reward_funcs=[answer_key, answer_language],
        args=arguments,
        train_dataset=rows.train.select_columns(COLUMNS),
        eval_dataset=None if arguments.eval_strategy == "no" else rows.validation.select_columns(COLUMNS),
        peft_config=get_peft_config(model),
    )
    return trainer, dict(rows.record)


def main(data: TrainingData, arguments: GRPOConfig, model: ModelConfig) -> None:
    """Train, and save the model with the record of the run."""
    trainer, record = trainer_for(data, arguments, model)
    fit(trainer, record, model)


if __name__ == "__main__":
    run(main, (TrainingData, GRPOConfig, ModelConfig))
