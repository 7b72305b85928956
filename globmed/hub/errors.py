"""What the server answers when it cannot do what a client asked for."""


class HubError(Exception):
    """An answer with a status other than success.

    ``code`` goes into ``X-Error-Code``, from which the clients raise their own exceptions: ``RepoNotFound``,
    ``RevisionNotFound``, ``EntryNotFound``. ``extra`` is added to the JSON body.
    """

    def __init__(self, status: int, message: str, code: str | None = None, extra: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.extra = status, message, code, extra or {}


def repository_not_found(known_caller: bool) -> HubError:
    """Missing and private repositories look the same; an anonymous caller is told to log in, as on the public Hub."""
    message = "Repository not found" if known_caller else "Repository not found, or a token is needed to read it"
    return HubError(404 if known_caller else 401, message, "RepoNotFound")


def revision_not_found(revision: str) -> HubError:
    """No branch, tag, pull request or commit has this name."""
    return HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(path: str) -> HubError:
    """The revision has no such file."""
    return HubError(404, f"Entry not found: {path}", "EntryNotFound")
