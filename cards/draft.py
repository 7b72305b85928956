"""A draft: one language's rows on a separate branch, for reviewers to load before they are in any version."""

from dataclasses import dataclass

from globmed.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of a language (config name); ``limit`` is the number of items it was built from, None for all."""

    language: str
    limit: int | None = None

    @property
    def branch(self) -> str:
        """The branch that it is published on."""
        return f"draft-{self.language}"

    @property
    def configs(self) -> frozenset[str]:
        """The configs in it: the language's, and English for comparison."""
        return frozenset((self.language, ENGLISH))
