"""Separate a model's answer from the thoughts before it; each family of models marks them in its own way.

A token limit may cut the text within the thoughts: then there is no answer, whatever letters they mention.
"""

import re
from dataclasses import dataclass

_NAMES = (
    r"(?:\w{1,20}[:_])?(?:think|thinking|thoughts?|reason|reasoning|reflection|scratchpad|analysis|cot)(?:[:_]\w+)?"
)
#: Marks that open thoughts.
_OPENS = (
    rf"<{_NAMES}(?:\s[^<>]*)?>",  # <think> of DeepSeek, Qwen and most others, <thought>, <seed:think>, <longcat_think>
    r"\[THINK\]",  # Magistral
    r"◁think▷",  # Kimi
    r"<unused94>",  # MedGemma
    r"<\|channel>thought\b",  # Gemma
    r"<\|begin_of_thought\|>",  # OpenThinker, Sky-T1
    r"<\|start_thinking\|>",  # Command A
    r"<\|im_start\|>think\b",  # s1
    # gpt-oss; without its special tokens the name of the channel, in lower case, is joined to the text.
    r"<\|channel\|>(?!final\b)\w+",
    r"(?-i:\A\s*(?:assistant)?(?:analysis|commentary)(?=[^\s:.,;!?)\-–—]))",
    # HuatuoGPT-o1, Granite, Apriel.
    r"\A\s*#+ *thinking\b[ *:]*$",
    r"\A\W*here(?: is|'s|’s) my thought process:?",
    r"\A\W*here are my reasoning steps:?",
)
#: Marks that end thoughts, or open the answer.
_CLOSES = (
    rf"</{_NAMES}>",
    r"\[/THINK\]",
    r"◁/think▷",
    r"<unused95>",
    r"<channel\|>",
    r"<\|(?:end_of_thought|begin_of_solution)\|>",
    r"<\|(?:end_thinking|start_response)\|>",
    r"<\|im_start\|>answer\b",
    r"<\|channel\|>final\b[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>",
    r"(?-i:(?:\A\s*|assistant\s*)final(?=[^\s\w]|[^\W_a-z]))",
    r"^\W*final response[ *:]*$",
    r"\bhere(?: is|'s|’s) my response:?",
    r"\[begin final response\]",
)
#: Marks that end a turn: a model that continues writes the user's text.
_ENDS = r"<\|(?:im_end|eot_id|endoftext|end_of_text|return|end|end_of_turn_token|end_of_solution|end_response)\|>"
#: Marks before a turn, and other tokens of a template.
_STARTS = r"<\|(?:start|im_start|start_header_id)\|>\s*assistant\b|<\|[^|<>\s]{1,40}\|>|<s>"
START = re.compile(_STARTS, re.I)
END = re.compile(rf"{_ENDS}|</s>|<end_of_turn>|<turn\|>|<eos>|\[end final response\]", re.I)
OPEN, CLOSE = (re.compile("|".join(texts), re.I | re.M) for texts in (_OPENS, _CLOSES))


@dataclass(frozen=True)
class Spoken:
    """The answer; ``cut`` if the thoughts never end, ``thought`` if they do."""

    text: str
    cut: bool = False
    thought: bool = False


def spoken(text: str) -> Spoken:
    """Return an answer without the thoughts before it and without the text after its end."""
    ends = [match.end() for match in CLOSE.finditer(text)]
    said = text[max(ends, default=0) :]
    if OPEN.search(said):
        return Spoken("", cut=True)
    return Spoken(START.sub(" ", END.split(said, maxsplit=1)[0]).strip(), thought=bool(ends))
