"""Remove a language from the list, provided that no version has it."""

from pathlib import Path

from builders.language.files import CHECKOUT, remove_entry, work_on
from builders.release.hub.repository import HubRepository
from globmed.errors import UserError
from globmed.languages import Language


def remove(entry: Language, repository: HubRepository | None, root: Path = CHECKOUT) -> list[Path]:
    """Remove the entry of a language, its page, and its glossary if that is empty; return what was changed.

    Args:
        entry: the language.
        repository: where versions are released; None if none ever was.
        root: the checkout.

    Raises:
        UserError: a version has it, or more was written for it than `add` writes.
    """
    if repository is not None and (version := _released_in(repository, entry)):
        raise UserError(
            f"{entry.name} was released: {repository.name} {version} has it, and whoever uses that looks it up in the "
            "list; to release no more of it, leave it out of `globmed build --languages`"
        )
    if work := work_on(entry, root):
        names = ", ".join(map(str, work))
        raise UserError(f"{entry.name} is more than an entry: {names}; remove these first if they are not wanted")
    return remove_entry(entry, root)


def _released_in(repository: HubRepository, entry: Language) -> str | None:
    """Return the newest version that has a language; ``main`` counts too, in case its tag is missing."""
    head = repository.head()
    commits = {str(version): commit for version, commit in sorted(repository.tags().items(), reverse=True)}
    for version, commit in {**commits, **({"main": head} if head else {})}.items():
        manifest = repository.manifest(commit)
        if manifest is not None and entry.name in manifest.configs:
            return version
    return None
