"""The host names of a server: a page whose own name leads here must not read from it (DNS rebinding)."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.requests import Request

from globmed.hub.errors import HubError

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")


def check_origin(request: Request) -> None:
    """Refuse a change that another site's page asks for in the name of a reader who logged in for the Hub's pages.

    Browsers send a password along with every request, and say in these headers whose page made it; clients send a token
    of their own and neither header.
    """
    if not request.headers.get("authorization", "").lower().startswith("basic "):
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    elsewhere = origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    if elsewhere or site not in (None, "same-origin", "none"):
        raise HubError(403, "A page of another site asked for this change: it was not made")


class Hosts:
    """Addresses, this machine's own names, and those that the operator lists."""

    def __init__(self, names: Iterable[str], *, loopback: bool) -> None:
        own = () if loopback else (socket.gethostname(), socket.getfqdn())
        self._names = {name.lower().rstrip(".") for name in ("localhost", *own, *names)}
        self._loopback = loopback

    def check(self, host: str) -> None:
        """Refuse a request whose Host header has another name; 421, or 400 if it is not a name."""
        match = _HOST.fullmatch(host)
        if match is None:
            raise HubError(400, "The Host header is missing or malformed")
        name = match["name"].lower().strip("[]").rstrip(".")
        if name not in self._names and not self._own_address(name):
            raise HubError(421, f"This Hub is not called {name!r}: its operator starts it with `--name {name}`")

    def _own_address(self, name: str) -> bool:
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self._loopback
