"""Listings in pages: each leads to the next by a ``Link`` header, which the clients follow."""

from collections.abc import Sequence
from typing import TypeVar

from globmed.hub.serving.call import Call

T = TypeVar("T")


def page(call: Call, found: Sequence[T], default: int) -> tuple[Sequence[T], dict[str, str]]:
    """Return what a request's ``cursor`` and ``limit`` choose, and the header that leads on if there is more."""
    start, limit = call.integer("cursor", 0), call.integer("limit", default)
    headers = {}
    if len(found) > start + limit:
        headers["Link"] = f'<{call.request.url.include_query_params(cursor=start + limit)}>; rel="next"'
    return found[start : start + limit], headers
