"""Describe faults of a Hub or of the connection to it in one line, from the errors of its client or another library."""

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from globmed.cli.console import visible
from globmed.errors import UserError

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

#: Maximum length of a server's message, in characters.
LONGEST = 200
#: The packages in which an answer is read.
CLIENT = ("huggingface_hub", "httpx2")
HINTS = {
    401: "set HF_TOKEN, or log in with `hf auth login`",
    403: "the token may not do that: use another, or ask for access",
    404: "check the name and the address",
    429: "these were too many requests: run the same command again later",
}
SERVER_FAULT = "that is the server's own fault: run the same command again later"


@contextmanager
def hub_errors(what: str = "") -> Iterator[None]:
    """Turn what a Hub, or the way to it, does wrong within the block into one line; other errors pass.

    Args:
        what: what was wanted of the Hub, to begin the line with.

    Raises:
        UserError: in the place of an error of the client's, or of one that a library raised on account of it.
    """
    try:
        yield
    except Exception as error:
        fault = None if isinstance(error, UserError) else hub_fault(error)
        if fault is None:
            raise
        raise UserError(f"{what}: {fault}" if what else fault) from error


def hub_fault(error: BaseException) -> str | None:
    """Describe in one line the fault of a Hub or of the connection to it; None for an error of another kind.

    Of an error and those that it was raised from or while handling, the first that says so tells it.
    """
    from huggingface_hub.errors import LocalEntryNotFoundError

    absent = False
    each: BaseException | None = error
    while each is not None:
        if fault := _fault(each):
            return fault
        absent = absent or isinstance(each, LocalEntryNotFoundError)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return "it is not in the cache, and the Hub does not give it: run the same command again" if absent else None


def _fault(error: BaseException) -> str | None:
    """Describe the fault if this error alone shows it."""
    from httpx2 import InvalidURL, RequestError
    from huggingface_hub.errors import (
        FileMetadataError,
        HfHubHTTPError,
        HFValidationError,
        LocalTokenNotFoundError,
        OfflineModeIsEnabled,
    )

    fixed = {
        HFValidationError: f"{_line(error)}; expected owner/name",
        OfflineModeIsEnabled: (
            "HF_HUB_OFFLINE is set, and it is not in the cache: nothing was loaded; unset it and run again"
        ),
        LocalTokenNotFoundError: f"the Hub requires a token: {HINTS[401]}",
    }
    for kind, said in fixed.items():
        if isinstance(error, kind):
            return said
    if isinstance(error, HfHubHTTPError):
        return _refusal(error)
    if isinstance(error, RequestError):
        return (
            f"{_place(error)} cannot be reached ({_line(error) or type(error).__name__}): check address and network, "
            "and run the same command again"
        )
    if isinstance(error, FileMetadataError | InvalidURL) or _is_misread(error):
        return "the server does not answer as a Hub does: check its address (HF_ENDPOINT, --hub) and the network"
    return None


def _refusal(error: "HfHubHTTPError") -> str:
    """Return an answer that is an error."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    status, address = error.response.status_code, urlsplit(str(error.response.url))
    origin = f"{address.scheme}://{address.netloc}"
    if isinstance(error, RepositoryNotFoundError) and not isinstance(error, GatedRepoError) and status == 404:
        return (
            f"no {error.repo_type or 'repository'} {error.repo_id or ''} on {origin}, or no right to read it: check "
            "the name and the token"
        )
    said = _line(error.server_message or "")
    parts = [f"{origin} answered {status} to {address.path}"]
    parts += [f": {said}"] if said and "<" not in said else []
    hint = HINTS.get(status) or (SERVER_FAULT if status >= 500 else "")
    return "".join([*parts, f"; {hint}" if hint else ""])


def _is_misread(error: BaseException) -> bool:
    """Return whether the client could make nothing of an answer: a page, or JSON of something else."""
    if not isinstance(error, ValueError | KeyError | TypeError | AttributeError):
        return False
    modules = [str(frame.f_globals.get("__name__")).partition(".")[0] for frame, _ in walk_tb(error.__traceback__)]
    return any(module in CLIENT for module in modules)


def _place(error: BaseException) -> str:
    """Return the address of a request."""
    try:
        address = error.request.url  # type: ignore[attr-defined]
    except RuntimeError:
        return "the Hub"
    return f"{address.scheme}://{address.netloc.decode('ascii')}"


def _line(said: object) -> str:
    return visible(str(said))[:LONGEST]
