"""A checkout of one's own to write a language into."""

import shutil
from pathlib import Path

import pytest

from builders.language.files import ABSTRACTS, CHECKOUT, GLOSSARIES, LIST, WORK, remove_entry, work_on
from globmed.languages import language, languages
from tests.globmed.languages.test_languages import TWELVE


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that the life of a language touches, and the Swahili ones that keep it alive."""
    swahili = language("swahili")
    kept = [path.format(name=swahili.name, tag=swahili.tag) for path in WORK]
    for path in (LIST, ABSTRACTS, *map(Path, kept)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / path, tmp_path / path)
    take_back_contributed(tmp_path)
    return tmp_path


def take_back_contributed(root: Path) -> None:
    """Leave the twelve languages of the paper in a copy of the checkout, whichever were added to the project since."""
    for entry in languages().values():
        if entry.tag not in TWELVE:
            for path in work_on(entry, root):
                (root / path).unlink()
            remove_entry(entry, root)


def contents(root: Path) -> dict[str, str]:
    """Return every file of a checkout."""
    found = [*(root / LIST.parent).glob("*.toml"), *(root / ABSTRACTS.parent).iterdir(), *(root / GLOSSARIES).glob("*")]
    return {str(path.relative_to(root)): path.read_text("utf-8") for path in found}
