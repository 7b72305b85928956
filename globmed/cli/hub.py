"""The Hub that a command uses: one at an address, or the project's own, joined or started for the command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from globmed.cli.console import tell
from globmed.cli.options import PROJECT_HUB
from globmed.errors import UserError
from globmed.versions.client import HubAccess, ReadAccess, check_endpoint, client_token

LOCAL = "local"


def choose_hub(hub: str | None, root: Path = PROJECT_HUB) -> str:
    """Return the Hub that a command uses, and say if it is that of ``HF_ENDPOINT``.

    It is ``--hub``, else `LOCAL` if another ``--hub-root`` than the project's is named, else ``HF_ENDPOINT``, else
    `LOCAL`. The environment variables are set that the client reads when it is imported; call this before.
    """
    chosen = hub or (os.environ.get("HF_ENDPOINT") if root == PROJECT_HUB else None) or LOCAL
    if chosen != LOCAL and not hub and "@" not in chosen:
        tell(f"Hub: {chosen} (HF_ENDPOINT)")
    # Its progress bars would clash with ours.
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    return chosen


@contextmanager
def hub_access(hub: str, root: Path) -> Iterator[HubAccess]:
    """Give access to ``hub``: an address, or ``local`` for the server on ``root``.

    A local server that is running already is joined; otherwise one is started, which stops with the block.

    The token for an address is the client's own (``HF_TOKEN``, or its login), else that of the local server there.

    Raises:
        UserError: neither an address nor ``local``, or an invalid token.
    """
    # The server is slow to import.
    from globmed.hub.process import running
    from globmed.hub.serving.joining import serving

    joined = serving(root)
    if hub == LOCAL and joined:
        tell(f"Hub: {joined.url}, which serves {root}")
        yield HubAccess(joined.url, joined.token)
    elif hub == LOCAL:
        tell(f"Hub: local, its storage is {root}")
        with running(root) as server:
            yield HubAccess(server.url, server.token)
    elif hub.startswith(("https://", "http://")):
        check_endpoint(hub)
        address, token = hub.rstrip("/"), client_token()
        if token is None and joined and joined.url == address:
            token = joined.token
        yield HubAccess(address, token)
    else:
        raise UserError(f"--hub {hub!r}: expected `local` or an address such as https://huggingface.co")


@contextmanager
def read_access(hub: str | None, root: Path) -> Iterator[ReadAccess]:
    """Give access for reading versions: as `hub_access`, but where no Hub is named, to that of the client itself."""
    if hub is None and root == PROJECT_HUB:
        yield ReadAccess()
    else:
        with hub_access(choose_hub(hub, root), root) as access:
            yield ReadAccess(access.endpoint, access.token)
