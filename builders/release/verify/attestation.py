"""Attestation: the statement of provenance is that of the manifest, and its envelope has the same statement."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from builders.release.verify.check import Fault, ReleaseCheck
from globmed.errors import UserError
from globmed.records.manifest import MANIFEST, Manifest
from globmed.storage.files import sha256, sha256_text
from globmed.versions.envelope import ENVELOPE, read_payload
from globmed.versions.statement import STATEMENT, statement_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def signature_faults(folder: Path, key: "Ed25519PublicKey") -> Iterator[Fault]:
    """Find a statement that the key did not sign."""
    there = folder / ENVELOPE
    if not there.is_file():
        yield Fault(ENVELOPE, "no file", "the statement, signed with the key")
        return
    try:
        read_payload(there.read_text("utf-8"), key)
    except ValueError as error:
        yield Fault(ENVELOPE, str(error), "the statement, signed with the key")


def _faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Compare the statement with the one that the manifest gives, and its envelope with it; old versions have none."""
    if (folder / STATEMENT).is_file():
        yield from _statement_faults(folder)
    if (folder / ENVELOPE).is_file():
        yield from _envelope_faults(folder)


def _statement_faults(folder: Path) -> Iterator[Fault]:
    try:
        expected = sha256_text(statement_text(folder))
    except UserError as error:
        yield Fault(STATEMENT, f"a manifest that gives none ({error})", f"the statement of {MANIFEST}")
        return
    if (found := sha256(folder / STATEMENT)) != expected:
        yield Fault(STATEMENT, f"SHA-256 {found}", f"SHA-256 {expected}, the statement of {MANIFEST}")


def _envelope_faults(folder: Path) -> Iterator[Fault]:
    try:
        payload = read_payload((folder / ENVELOPE).read_text("utf-8"), None)
    except ValueError as error:
        yield Fault(ENVELOPE, str(error), "a DSSE envelope of the statement")
        return
    if not (folder / STATEMENT).is_file() or payload != (folder / STATEMENT).read_bytes():
        yield Fault(ENVELOPE, "another statement", f"that of {STATEMENT}")


CHECK = ReleaseCheck("attestation", _faults)
