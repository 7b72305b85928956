"""A stage of the pipeline: skipped if none of its inputs changed, and never half-written.

The fingerprint of a stage covers the bytes of its inputs, its parameters and the source of its code. It is stored in
``.stages/`` beside the artifact, and written last: a kill at any moment leaves either the old artifact with its
fingerprint, or one that the next run rebuilds.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from builders.rows.artifacts.code import code_of
from globmed.storage.files import files_below, replaced, sha256, write_text


def fingerprint(inputs: Iterable[Path], parameters: Mapping[str, object], code: Iterable[Path]) -> str:
    """Return the SHA-256 over the contents of files and folders (by name within each), parameters and code."""
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True, default=str).encode())
    for root in (*inputs, *code):
        for path in files_below(root):
            digest.update(f"\0{path.relative_to(root.parent)}\0{sha256(path)}".encode())
    return digest.hexdigest()


def run_stage(
    artifact: Path,
    work: Callable[[Path], object],
    *,
    inputs: Iterable[Path],
    code: Sequence[str],
    parameters: Mapping[str, object] | None = None,
) -> bool:
    """Make an artifact (a file or a folder) with ``work(temporary path)`` unless it is up to date.

    Returns:
        Whether work was done.
    """
    stamp = artifact.parent / ".stages" / f"{artifact.name}.sha256"
    current = fingerprint(inputs, parameters or {}, code_of(*code))
    if artifact.exists() and stamp.is_file() and stamp.read_text("ascii") == current:
        return False
    stamp.unlink(missing_ok=True)
    with replaced(artifact) as temporary:
        work(temporary)
    write_text(stamp, current)
    return True
