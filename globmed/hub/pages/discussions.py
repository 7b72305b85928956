"""Discussions and pull requests, and the events of one."""

from typing import Any

from starlette.responses import Response

from globmed.hub.errors import HubError
from globmed.hub.pages.html import page
from globmed.hub.pages.opened import Opened, open_main, repository_page
from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.serving.call import Call
from globmed.hub.storage import pull_requests

PAGE = 50
#: Comments are shown from the start of each, and no more than this together.
MOST_CHARACTERS = 256 * 1024
NUMBER = r"(?P<number>[1-9]\d{0,8})"
OPEN = ("open", "draft")


def listing(call: Call) -> Response:
    """Show the discussions of a repository, the newest first."""
    number, status = call.integer("p", 0), call.request.query_params.get("status", "all")
    with call.hub.store.reading() as store:
        opened = open_main(call, store)
        every = pull_requests.discussions(store, opened.repository)
    found = [each for each in every if status not in ("open", "closed") or (each.status in OPEN) == (status == "open")]
    return page(
        call,
        "repository/discussions.html.jinja",
        opened=opened,
        here="discussions",
        found=found[number * PAGE : (number + 1) * PAGE],
        status=status,
        number=number,
        more=len(found) > (number + 1) * PAGE,
    )


def discussion(call: Call) -> Response:
    """Show a discussion with its events; a pull request with the files that conflict."""
    number = call.integer("p", 0)
    with call.hub.store.reading() as store:
        opened = open_main(call, store)
        found = pull_requests.discussion(store, opened.repository, int(call.parameters["number"]))
        events = pull_requests.events(store, opened.repository, found.number)
        conflicts = pull_requests.conflicts(store, opened.repository, found)
    shown = events[number * PAGE : (number + 1) * PAGE]
    return page(
        call,
        "repository/discussion.html.jinja",
        opened=opened,
        here="discussions",
        found=found,
        events=shown,
        comments=_comments(call, opened, shown),
        conflicts=conflicts[:PAGE],
        number=number,
        more=len(events) > (number + 1) * PAGE,
    )


def _comments(call: Call, opened: Opened, events: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return each comment as safe HTML, or as text if that takes too long."""
    room = MOST_CHARACTERS
    texts: dict[str, str] = {}
    for event in events:
        if event["type"] == "comment" and not event["data"].get("hidden"):
            texts[event["id"]] = str(event["data"]["latest"]["raw"])[:room]
            room -= len(texts[event["id"]])
    try:
        links, images = opened.at("blob") + "/", opened.at("image") + "/"
        made = call.hub.workers.run("comments", texts=[*texts.values()], links=links, images=images)
    except (UnfitError, HubError):
        return {key: {"text": text} for key, text in texts.items()}
    return {key: {"html": html} for key, html in zip(texts, made, strict=True)}


ROUTES = (
    repository_page("/discussions", listing),
    repository_page(f"/discussions/{NUMBER}", discussion),
)
