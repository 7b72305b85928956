"""What the public Hub has and this one does not: an error says so, and what to use instead."""

from collections.abc import Callable

from starlette.responses import Response

from globmed.hub.errors import HubError
from globmed.hub.serving.call import REPOSITORY, TYPE, Call, Route, route

EVERY = "GET POST PUT PATCH DELETE"


def _refusing(message: str) -> Callable[[Call], Response]:
    def handler(_: Call) -> Response:
        # Not 404, which the clients would take for a bucket or a webhook of this name that is missing.
        raise HubError(501, message)

    return handler


def _refused(pattern: str, message: str) -> Route:
    return route(EVERY, pattern, _refusing(message))


ROUTES = (
    _refused("/(?:api/)?buckets(?:/.*)?", "This Hub has no buckets: use a dataset repository"),
    _refused("/api/settings/webhooks(?:/.*)?", "This Hub has no webhooks: ask for a branch's commit from time to time"),
    _refused(
        f"/api/{TYPE}/{REPOSITORY}/lfs-files(?:/.*)?",
        "Contents are taken down for good by the Hub's operator alone: `globmed hub erase`",
    ),
)
