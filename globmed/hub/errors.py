"""The errors that the server answers with."""


class HubError(Exception):
    """An answer with a status other than success.

    ``code`` goes into ``X-Error-Code``, from which the clients raise their own exceptions: ``RepoNotFound``,
    ``RevisionNotFound``, ``EntryNotFound``. ``extra`` is added to the JSON body.
    """

    def __init__(self, status: int, message: str, code: str | None = None, extra: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.extra = status, message, code, extra or {}


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
