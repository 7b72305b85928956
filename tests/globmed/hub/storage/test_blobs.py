"""Contents by their SHA-256."""

from pathlib import Path

import pytest

from globmed.hub.errors import HubError
from globmed.hub.storage.blobs import Blobs

SHA256 = "a1" * 32


@pytest.mark.parametrize("name", ["", SHA256[:-1], SHA256.upper(), f"{SHA256}\n", f"{SHA256}/../../../hub.sqlite"])
def test_nothing_but_a_sha256_is_a_path(tmp_path: Path, name: str) -> None:
    blobs = Blobs(tmp_path)
    assert blobs.path(SHA256).is_relative_to(tmp_path)
    with pytest.raises(HubError, match="expected a SHA-256 in lower-case hex") as caught:
        blobs.path(name)
    assert caught.value.status == 422
