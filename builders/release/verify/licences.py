"""Licences: every source with rows has its licence file."""

from collections.abc import Iterator
from pathlib import Path

from builders.release.verify.check import Fault, ReleaseCheck
from globmed.records.manifest import Manifest


def _faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    for source in manifest.sources:
        if f"LICENSES/{source}.md" not in manifest.files:
            yield Fault(f"LICENSES/{source}.md", "no file", f"the licence of {source}, whose rows are here")


CHECK = ReleaseCheck("licences", _faults)
