"""Signed statements: a DSSE envelope with an Ed25519 signature (https://github.com/secure-systems-lab/dsse).

An Ed25519 signature has no randomness: the same statement and key give the same envelope.
"""

import base64
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from globmed.errors import UserError
from globmed.records.record import Record, read_record, record_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: The envelope's file, beside the statement.
ENVELOPE = "provenance.dsse.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
#: The private key in PEM, or the path of a file with it.
SIGNING_KEY = "GLOBMED_SIGNING_KEY"


@dataclass(frozen=True)
class Signature(Record):
    """A signature in base64; ``keyid`` is the SHA-256 of the public key (SubjectPublicKeyInfo in DER), in hex."""

    keyid: str
    sig: str


@dataclass(frozen=True)
class Envelope(Record):
    """A DSSE envelope, its payload in base64."""

    payload: str
    payloadType: str  # noqa: N815 - DSSE's name
    signatures: Sequence[Signature]


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with a private key."""

    key: "Ed25519PrivateKey" = field(repr=False)

    def envelope(self, payload: bytes) -> str:
        """Return the text of the envelope of a statement."""
        signature = Signature(_key_id(self.key.public_key()), _encoded(self.key.sign(_signed(PAYLOAD_TYPE, payload))))
        return record_text(Envelope(_encoded(payload), PAYLOAD_TYPE, [signature]))


def configured_signer() -> Signer | None:
    """Return the signer that the environment variable `SIGNING_KEY` names; None if it is not set.

    Raises:
        UserError: there is no such file, or it is no Ed25519 private key without a password.
    """
    given = os.environ.get(SIGNING_KEY, "").strip()
    if not given:
        return None
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    # No message repeats what was given: it may be the key.
    step = f"{SIGNING_KEY}: expected an Ed25519 private key in PEM without a password, or the path of one"
    try:
        text = given.encode() if given.startswith("-----BEGIN") else Path(given).read_bytes()
        key = load_pem_private_key(text, None)
    except OSError as error:
        raise UserError(f"{step}; {error.strerror}") from None
    except (ValueError, TypeError) as error:
        raise UserError(f"{step}; make one by `openssl genpkey -algorithm ed25519`") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(f"{step}; found a key of another kind")
    return Signer(key)


def read_public_key(path: Path) -> "Ed25519PublicKey":
    """Read a public key.

    Raises:
        UserError: there is no such file, or it is no Ed25519 public key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    step = "expected an Ed25519 public key in PEM, as `openssl pkey -in KEY -pubout` writes it"
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; {step}") from error
    except ValueError as error:
        raise UserError(f"{path}: found something else; {step}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UserError(f"{path}: found a key of another kind; {step}")
    return key


def read_payload(text: str, key: "Ed25519PublicKey | None") -> bytes:
    """Return the payload of an envelope; with a key, one of its signatures must be the key's.

    Raises:
        ValueError: it is no envelope of a statement, or has no signature of the key.
    """
    try:
        envelope = read_record(Envelope, text, ENVELOPE, "")
    except UserError as error:
        raise ValueError("no DSSE envelope") from error
    payload = base64.b64decode(envelope.payload, validate=True)
    if envelope.payloadType != PAYLOAD_TYPE:
        raise ValueError(f"a payload of type {envelope.payloadType[:60]!r}")
    if key is None:
        return payload
    from cryptography.exceptions import InvalidSignature

    for each in envelope.signatures:
        try:
            key.verify(base64.b64decode(each.sig, validate=True), _signed(PAYLOAD_TYPE, payload))
        except (InvalidSignature, ValueError):
            continue
        return payload
    raise ValueError(f"no signature of the key {_key_id(key)[:12]}")


def _signed(kind: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)


def _key_id(key: "Ed25519PublicKey") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
