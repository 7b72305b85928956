"""A draft: one language's rows on a branch of their own, for reviewers to load before any version has them."""

from dataclasses import dataclass

from globmed.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of a language (config name); ``limit`` is how many items it was built from, None for all."""

    language: str
    limit: int | None = None

    @property
    def branch(self) -> str:
        """Where it stands."""
        return f"draft-{self.language}"

    @property
    def configs(self) -> frozenset[str]:
        """The configs that it has: the language's, and English to compare with."""
        return frozenset((self.language, ENGLISH))
