"""The faults that items are kept with: what was mended in them, or what a reader of the upstream should know."""

from enum import StrEnum


class Fault(StrEnum):
    """A fault of an upstream that leaves no item out; the value is its kind in the errata."""

    ABSENT_OPTION = "absent option"
    LETTERS = "options lettered anew"
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
        """What became of the item: ``mended``, ``noted`` or ``left out``."""
        return _ACTIONS.get(self, "noted")


_EXPLANATIONS = {
    Fault.ABSENT_OPTION: "an option is nan, None, N/A or empty; it was taken out",
    Fault.LETTERS: "an absent option stood before others, so that their letters are not the upstream's",
    Fault.MARKUP: "HTML entities or tags stand in a text; they were decoded or removed",
    Fault.FIGURE: "the question mentions a figure that is not there, and tells what it shows",
    Fault.OPTION_TWICE: "two wrong options have the same text",
    Fault.ASKED_TWICE: "the same question with the same options and the same key has another id too",
    Fault.OTHER_KEY: "another source has the same question and options with another key",
    Fault.COUNT: "the split has more or fewer records than its publisher states",
    Fault.LEAK: "train asks what a held-out split asks; the item of train was left out",
}
_ACTIONS = {Fault.ABSENT_OPTION: "mended", Fault.LETTERS: "mended", Fault.MARKUP: "mended", Fault.LEAK: "left out"}
