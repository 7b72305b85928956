"""GRPO on a published version, with rewards that can be checked: the answer key, and the language of the answer.

accelerate launch -m train_recipes.grpo --config train_recipes/recipes/grpo-qwen3-1.7b.yaml
"""

from trl import GRPOConfig, GRPOTrainer, ModelConfig, get_peft_config

from globmed.training.rows import CHAT_TEMPLATE, Prepared, TrainingData
from train_recipes.chat.tokenizer import load_tokenizer
from train_recipes.fitting import fit
from train_recipes.rewards import answer_key, answer_language
from train_recipes.runs import prepare_rows, run, settle

SETTINGS = (TrainingData, GRPOConfig, ModelConfig)
#: The prompt, and the columns that the rewards read beside the completions.
COLUMNS = ["id", "prompt", "language", "task", "options", "answer", "style"]


def make_trainer(rows: Prepared, arguments: GRPOConfig, model: ModelConfig) -> GRPOTrainer:
    """Return the trainer of a recipe on its rows; the trainer, not the rows, applies the chat template here."""
    arguments.chat_template_kwargs = dict(CHAT_TEMPLATE)
    return GRPOTrainer(
        model=settle(arguments, model),
        reward_funcs=[answer_key, answer_language],
        args=arguments,
        train_dataset=rows.train.select_columns(COLUMNS),
        eval_dataset=None if arguments.eval_strategy == "no" else rows.validation.select_columns(COLUMNS),
        peft_config=get_peft_config(model),
    )


def main(data: TrainingData, arguments: GRPOConfig, model: ModelConfig) -> None:
    """Train, and save the model with the record of the run."""
    rows = prepare_rows(data, arguments)
    load_tokenizer(arguments, model)  # its faults in one line, before the weights are loaded
    fit(make_trainer(rows, arguments, model), rows.record, model)


if __name__ == "__main__":
    run(main, SETTINGS)
