"""The pages of the site, for MkDocs: the documents of the repository at the paths that they have there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Replace the files of `docs_dir` by the documents that the navigation names, and the pictures beside them."""
    root = Path(config.config_file_path).parent
    theme = [file for file in files if not Path(file.abs_src_path or "").is_relative_to(root / "docs")]
    pictures = sorted((root / "docs" / "images").iterdir())
    paths = [*_named(config.nav), *(path.relative_to(root).as_posix() for path in pictures)]
    return Files([*theme, *(File.generated(config, path, abs_src_path=str(root / path)) for path in paths)])


def _named(nav: Any) -> Iterator[str]:
    """Yield the paths in a navigation: of texts, and of lists and mappings of them."""
    if isinstance(nav, str):
        yield nav
    else:
        for each in nav.values() if isinstance(nav, dict) else nav:
            yield from _named(each)
