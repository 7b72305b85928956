"""Write the files of a pipeline into a dataset repository: the script, its settings, and what runs it on a schedule."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from globmed.errors import UserError
from globmed.storage.files import replaced
from globmed.storage.folders import make_folder

TEMPLATES = Path(__file__).with_name("templates")
#: The script with the steps, the only file that is executable.
SCRIPT = "pipeline.sh"
#: Where the template of each file goes.
MADE = {
    SCRIPT: SCRIPT,
    "check.yml": ".github/workflows/check.yml",
    "watch.yml": ".github/workflows/watch.yml",
    "release.yml": ".github/workflows/release.yml",
    "cronjob.yaml": "kubernetes/cronjob.yaml",
}
#: Those that are the user's own once they are there.
OWN = {"settings.sh": "settings.sh", "requirements.txt": "requirements.txt", "gitignore": ".gitignore"}
_PLACEHOLDER = re.compile(r"@([A-Z]+)@")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a pipeline, for ``settings.sh``.

    Attributes:
        repository: the dataset repository, ``owner/name``.
        hub: the address of its Hub.
        languages: config names; none for every language.
        fetch: names of sources to fetch.
        private: whether the repository is private.
    """

    repository: str
    hub: str
    languages: Sequence[str] = ()
    fetch: Sequence[str] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The files below the folder, by what became of them: written, the same before, or kept as the user has them."""

    written: Sequence[str]
    same: Sequence[str]
    kept: Sequence[str]


def init(folder: Path, settings: Settings, folders: Sequence[str] = (), *, force: bool = False) -> Written:
    """Write the pipeline's files, each whole or not at all; nothing if one would replace another file.

    Args:
        folder: the dataset repository; it is made if it does not exist.
        settings: its settings.
        folders: those of the fetched sources, for Git to ignore.
        force: replace files that differ, except for `OWN`.

    Raises:
        UserError: a file differs from the one that would be written, a folder is in the place of one, or a folder
            cannot be made.
    """
    texts = _texts(settings, folders)
    places = {path: make_folder(folder) / path for path in texts}
    there = {path: _bytes(place) for path, place in places.items() if place.exists() or place.is_symlink()}
    same = [path for path, found in there.items() if found == texts[path].encode()]
    kept = [path for path in there if path in OWN.values() and path not in same]
    differing = [path for path in there if path not in {*same, *kept}]
    if occupied := [str(place) for place in places.values() if place.is_dir()]:
        raise UserError(f"{', '.join(occupied)} is a folder, expected a file or none: move it away")
    if differing and not force:
        raise UserError(
            f"{folder}: {', '.join(differing)} differ from what would be written: move them away, or give --force to "
            "replace them"
        )
    written = [path for path in texts if path not in {*same, *kept}]
    for path in written:
        make_folder(places[path].parent)
        with replaced(places[path]) as partial:
            partial.write_text(texts[path], "utf-8")
            partial.chmod(0o755 if path == SCRIPT else 0o644)
    return Written(written, same, kept)


def _texts(settings: Settings, folders: Sequence[str]) -> Mapping[str, str]:
    """Return the text of every file, by its path below the folder."""
    values = {
        "REPOSITORY": settings.repository,
        # Kubernetes takes 52 characters, of which the template adds a few.
        "NAME": re.sub(r"[^a-z0-9]+", "-", settings.repository.lower())[:40].strip("-"),
        "HUB": settings.hub,
        "PRIVATE": "yes" if settings.private else "",
        "LANGUAGES": ",".join(settings.languages),
        "FETCH": " ".join(settings.fetch),
        "IGNORED": "".join(f"/sources/{name}/\n" for name in folders),
        "VERSION": version("globmed"),
    }
    return {
        path: _PLACEHOLDER.sub(lambda found: values[found[1]], (TEMPLATES / template).read_text("utf-8"))
        for template, path in (MADE | OWN).items()
    }


def _bytes(place: Path) -> bytes | None:
    """Return the contents of a file; None for what is not a file."""
    return place.read_bytes() if place.is_file() else None
