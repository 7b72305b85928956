"""The Hub that a command uses: one at an address, or the project's own, started for the duration of the command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from globmed.errors import UserError

if TYPE_CHECKING:
    from builders.release.hub.repository import HubAccess

LOCAL = "local"


def set_client_environment(hub: str) -> None:
    """Set the environment variables that the client reads when it is imported; call this before."""
    # Its progress bars would clash with ours.
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    if hub == LOCAL:
        # The local Hub stores plain LFS objects.
        os.environ["HF_HUB_DISABLE_XET"] = "1"


@contextmanager
def hub_access(hub: str, root: Path) -> "Iterator[HubAccess]":
    """Give access to ``hub``: an address, or ``local`` for a server on ``root`` that stops with the block.

    The token for an address is the client's own: ``HF_TOKEN``, or its login.

    Raises:
        UserError: neither an address nor ``local``, or an invalid token.
    """
    # The client reads its settings when it is imported.
    from builders.release.hub.repository import HubAccess
    from globmed.versions.client import check_endpoint, client_token

    if hub == LOCAL:
        from globmed.hub.process import running

        with running(root) as server:
            yield HubAccess(server.url, server.token)
    elif hub.startswith(("https://", "http://")):
        check_endpoint(hub)
        yield HubAccess(hub.rstrip("/"), client_token())
    else:
        raise UserError(f"--hub {hub!r}: expected `local` or an address such as https://huggingface.co")
