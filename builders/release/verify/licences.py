"""Licences: every source with rows has its licence file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from builders.release.verify.check import Fault, ReleaseCheck


def _faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    for source in manifest["sources"]:
        if f"LICENSES/{source}.md" not in manifest["files"]:
            yield Fault(f"LICENSES/{source}.md", "no file", f"the licence of {source}, whose rows are here")


CHECK = ReleaseCheck("licences", _faults)
