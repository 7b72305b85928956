"""The tokenizer of a model with the chat template that a recipe trains with, checked before anything is trained."""

from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from transformers import AutoTokenizer, GenerationConfig, PreTrainedTokenizerBase
from trl import GRPOConfig, ModelConfig, SFTConfig

from globmed.errors import UserError
from globmed.training.rows import CHAT_TEMPLATE
from train_recipes.runs import settle

#: A template for models that have none.
OURS = "base.jinja"
#: What TRL takes for a file; any other name is a model whose template is taken.
FILES = (".jinja", ".j2")
ANOTHER = f"name another with --chat_template_path, such as {OURS}"
QUESTION, ANSWER = "globmed question", "globmed answer"


def load_tokenizer(arguments: SFTConfig | GRPOConfig, model: ModelConfig) -> PreTrainedTokenizerBase:
    """Return the tokenizer with the chat template that TRL trains with.

    Raises:
        UserError: there is no tokenizer, no chat template, or one that ends an answer with nothing that the model stops
            at: it would never learn to stop.
    """
    name = settle(arguments, model)
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(name, revision=model.model_revision)
    except (OSError, ValueError) as error:
        raise UserError(f"{name}: no tokenizer that transformers can load: {str(error).splitlines()[0]}") from error
    named = getattr(arguments, "chat_template_path", None)
    if named is not None:
        tokenizer.chat_template = _template(named)
    if not tokenizer.chat_template:
        # GRPO has no such setting.
        how = f"--chat_template_path {OURS}" if hasattr(arguments, "chat_template_path") else "a model that SFT trained"
        raise UserError(f"{name}: its tokenizer has no chat template: name {how}, or another model")
    eos = getattr(arguments, "eos_token", None)
    if eos is not None:
        if eos not in tokenizer.get_vocab():
            raise UserError(f"--eos_token {eos!r}: {name} has no such token")
        tokenizer.eos_token = eos
    _check_end_of_turn(name, named or name, tokenizer, _stops(name, model.model_revision, tokenizer))
    return tokenizer


def _template(named: str) -> str | None:
    """Return the template of a file or of a model, as TRL tells them apart."""
    try:
        if named.endswith(FILES):
            return Path(named).read_text("utf-8")
        template: str | None = AutoTokenizer.from_pretrained(named).chat_template
    except (OSError, ValueError) as error:
        raise UserError(
            f"--chat_template_path {named}: neither a file that ends in {' or '.join(FILES)} nor a model: name {OURS}"
        ) from error
    return template


def _stops(name: str, revision: str | None, tokenizer: PreTrainedTokenizerBase) -> set[int]:
    """Return the tokens at which the model stops to generate."""
    try:
        stops = GenerationConfig.from_pretrained(name, revision=revision or "main").eos_token_id
    except OSError:
        stops = None
    listed = stops if isinstance(stops, list) else [stops]
    return {token for token in (*listed, tokenizer.eos_token_id) if isinstance(token, int)}


def _check_end_of_turn(name: str, template: str, tokenizer: PreTrainedTokenizerBase, stops: set[int]) -> None:
    turns = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}]
    options: dict[str, Any] = {"tokenize": False, **CHAT_TEMPLATE}
    try:
        whole = str(tokenizer.apply_chat_template(turns, **options))
    except TemplateError as error:
        raise UserError(f"{template}: its chat template cannot render a conversation ({error}): {ANOTHER}") from error
    if ANSWER not in whole:
        raise UserError(f"{template}: its chat template leaves the answer out: {ANOTHER}")
    after = whole.rpartition(ANSWER)[2]
    ids: list[int] = tokenizer(after, add_special_tokens=False)["input_ids"] if after else []
    if stops.intersection(ids):
        return
    special = [token for token in tokenizer.convert_ids_to_tokens(ids) if token in tokenizer.all_special_tokens]
    if special:
        raise UserError(
            f"{template}: its chat template ends an answer with {special[0]}, at which {name} does not stop: add "
            f"--eos_token '{special[0]}'"
        )
    raise UserError(
        f"{template}: its chat template ends an answer with no token that {name} stops at, so that it would never "
        f"learn to stop: {ANOTHER}"
    )
