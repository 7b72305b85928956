"""DSSE envelopes: what is signed is what another implementation verifies, and nothing else passes."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from globmed.errors import UserError
from globmed.versions.envelope import SIGNING_KEY, Signer, configured_signer, read_payload, read_public_key
from tests.globmed.versions.keys import private_pem, public_pem

PAYLOAD = b'{"_type": "https://in-toto.io/Statement/v1"}'
KEY, OTHER = Ed25519PrivateKey.from_private_bytes(b"1" * 32), Ed25519PrivateKey.from_private_bytes(b"2" * 32)


def test_another_implementation_verifies_the_signature() -> None:
    envelope = Envelope.from_dict(json.loads(Signer(KEY).envelope(PAYLOAD)))
    (signature,) = envelope.signatures
    for key, right in ((KEY, True), (OTHER, False)):
        theirs = SSlibKey(signature, "ed25519", "ed25519", {"public": key.public_key().public_bytes_raw().hex()})
        if right:
            envelope.verify([theirs], 1)
        else:
            with pytest.raises(VerificationError):
                envelope.verify([theirs], 1)
    assert envelope.payload == PAYLOAD


def test_the_same_statement_and_key_give_the_same_envelope() -> None:
    assert Signer(KEY).envelope(PAYLOAD) == Signer(KEY).envelope(PAYLOAD)
    assert read_payload(Signer(KEY).envelope(PAYLOAD), KEY.public_key()) == PAYLOAD


@pytest.mark.parametrize("field", ["payload", "payloadType", "sig"])
def test_a_changed_envelope_is_refused(field: str) -> None:
    envelope = json.loads(Signer(KEY).envelope(PAYLOAD))
    place = envelope["signatures"][0] if field == "sig" else envelope
    place[field] = place[field].replace(place[field][9], "A" if place[field][9] != "A" else "B", 1)
    with pytest.raises(ValueError, match=r"no signature of the key|a payload of type"):
        read_payload(json.dumps(envelope), KEY.public_key())


def test_another_key_and_what_is_no_envelope_are_refused() -> None:
    with pytest.raises(ValueError, match="no signature of the key"):
        read_payload(Signer(KEY).envelope(PAYLOAD), OTHER.public_key())
    for text in ("", "[]", '{"payload": ""}', '{"payload": "=", "payloadType": "", "signatures": []}'):
        with pytest.raises(ValueError):
            read_payload(text, None)


def test_the_signer_is_the_key_of_the_environment_or_of_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(SIGNING_KEY, raising=False)
    assert configured_signer() is None
    (file := tmp_path / "key.pem").write_text(private_pem(KEY), "utf-8")
    for given in (private_pem(KEY), str(file)):
        monkeypatch.setenv(SIGNING_KEY, given)
        signer = configured_signer()
        assert signer is not None
        assert signer.envelope(PAYLOAD) == Signer(KEY).envelope(PAYLOAD)
        assert private_pem(KEY).splitlines()[1] not in repr(signer)


def test_a_wrong_key_is_told_without_repeating_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    elliptic = generate_private_key(SECP256R1())
    other_kind = elliptic.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    cut = private_pem(KEY).replace("-----END", "----END")
    for given, said in ((cut, "openssl genpkey"), (other_kind, "another kind"), ("s3cret", "No such file")):
        monkeypatch.setenv(SIGNING_KEY, given)
        with pytest.raises(UserError, match=said) as error:
            configured_signer()
        assert [line for line in given.splitlines() if line and line in str(error.value)] == []
    (public := tmp_path / "key.pub").write_bytes(public_pem(KEY))
    assert read_public_key(public) == KEY.public_key()
    public.write_bytes(elliptic.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    for path, said in ((public, "another kind"), (tmp_path / "none", "No such file"), (Path(__file__), "else")):
        with pytest.raises(UserError, match=said):
            read_public_key(path)
