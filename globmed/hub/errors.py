"""The errors that the server answers with."""

from collections.abc import Mapping


class HubError(Exception):
    """An answer with a status other than success.

    ``code`` goes into ``X-Error-Code``, from which the clients raise their own exceptions: ``RepoNotFound``,
    ``RevisionNotFound``, ``EntryNotFound``, ``GatedRepo``. ``extra`` is added to the JSON body, ``headers``
    to the headers.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        extra: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code
        self.extra, self.headers = extra or {}, headers or {}


def repository_not_found(known_caller: bool) -> HubError:
    """Return the same error for missing and private repositories; it asks anonymous callers to log in."""
    message = "Repository not found" if known_caller else "Repository not found, or a token is needed to read it"
    return HubError(404 if known_caller else 401, message, "RepoNotFound")


def revision_not_found(revision: str) -> HubError:
    """Return the error for a branch, tag, pull request or commit that does not exist."""
    return HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(path: str) -> HubError:
    """Return the error for a file that the revision does not have."""
    return HubError(404, f"Entry not found: {path}", "EntryNotFound")


def damaged(sha256: str, fault: str) -> HubError:
    """Return the error for a stored content that is missing or differs from the upload: it is not served."""
    message = f"The stored content {sha256[:12]}... is {fault}: upload the file again; `globmed hub check` names it"
    return HubError(500, message)


def gated(repository_type: str, name: str, address: str, known_caller: bool) -> HubError:
    """Return the error for a file of a repository that is read after asking; its page is where one asks."""
    if not known_caller:
        message = f"Access to {repository_type} {name} is restricted: log in, and ask for it at {address}"
        return HubError(401, message, "GatedRepo")
    message = f"Access to {repository_type} {name} is restricted and you are not in the authorized list"
    return HubError(403, f"{message}. Visit {address} to ask for access.", "GatedRepo")


def erased(what: str, when: str, why: str, code: str | None = None) -> HubError:
    """Return the error for data that an operator took down for good.

    With a code the clients raise it at once, where they would otherwise return what they have in their cache.
    """
    return HubError(410, f"{what} was taken down on {when[:10]}: {why}", code)
