"""The faults of kept items: corrections that were made, or notes for readers of the upstream."""

from enum import StrEnum


class Fault(StrEnum):
    """A fault of an upstream that leaves no item out; the value is its kind in the errata."""

    ABSENT_OPTION = "absent option"
    LETTERS = "options relettered"
    MARKUP = "markup in a text"
    FIGURE = "figure mentioned"
    OPTION_TWICE = "wrong option twice"
    ASKED_TWICE = "question asked twice"
    OTHER_KEY = "another key in another source"
    COUNT = "count far from the published one"
    LEAK = "asked again in a held-out split"

    @property
    def explanation(self) -> str:
        """A one-line explanation for the reports."""
        return _EXPLANATIONS[self]

    @property
    def action(self) -> str:
        """The action on the item: ``mended``, ``noted`` or ``left out``."""
        return _ACTIONS.get(self, "noted")


_EXPLANATIONS = {
    Fault.ABSENT_OPTION: "an option is nan, None, N/A or empty; it was removed",
    Fault.LETTERS: "an absent option came before others, so that their letters differ from the upstream's",
    Fault.MARKUP: "a text contains HTML entities or tags; they were decoded or removed",
    Fault.FIGURE: "the question mentions a missing figure, but describes it",
    Fault.OPTION_TWICE: "two wrong options have the same text",
    Fault.ASKED_TWICE: "the same question, with the same options and key, also has another id",
    Fault.OTHER_KEY: "another source has the same question and options with another key",
    Fault.COUNT: "the split has more or fewer records than its publisher states",
    Fault.LEAK: "an item of train has the question of a held-out item; the item of train was left out",
}
_ACTIONS = {Fault.ABSENT_OPTION: "mended", Fault.LETTERS: "mended", Fault.MARKUP: "mended", Fault.LEAK: "left out"}
