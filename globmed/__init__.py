"""GlobMed: a multilingual medical dataset, and the tools to load and serve its published versions."""

from typing import TYPE_CHECKING

__all__ = ["load"]

if TYPE_CHECKING:
    from globmed.versions.load import load


def __getattr__(name: str) -> object:
    # `import globmed` stays quick: the Hub's client is imported when something is loaded.
    if name == "load":
        from globmed.versions.load import load

        return load
    raise AttributeError(f"module 'globmed' has no attribute {name!r}")
