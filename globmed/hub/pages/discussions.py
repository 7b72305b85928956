"""Discussions and pull requests, the events of one, and a form that opens another."""

from typing import Any
from urllib.parse import parse_qs

from starlette.responses import RedirectResponse, Response

from globmed.hub.errors import HubError
from globmed.hub.pages.html import TITLE_CHARACTERS, page, place
from globmed.hub.pages.opened import REPOSITORY, Opened, open_main, repository_page
from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.serving.call import Call, route
from globmed.hub.storage import pull_requests
from globmed.hub.tokens import Role

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


def new(call: Call) -> Response:
    """Show the form of a new discussion, filled in as on the public Hub by ``title`` and ``description``."""
    query = call.request.query_params
    with call.hub.store.reading() as store:
        opened = open_main(call, store)
    return page(
        call,
        "repository/new_discussion.html.jinja",
        opened=opened,
        here="discussions",
        title=query.get("title", "")[:TITLE_CHARACTERS],
        title_characters=TITLE_CHARACTERS,
        description=query.get("description", "")[:MOST_CHARACTERS],
    )


def create(call: Call) -> Response:
    """Open the discussion of that form, and lead to it; 400 without a title."""
    sent = parse_qs(call.body.decode("utf-8", "replace"))
    title, description = (sent.get(name, [""])[0].strip() for name in ("title", "description"))
    if not title:
        raise HubError(400, "A discussion needs a title: go back and write one")
    with call.hub.store.writing() as store:
        repository, user = call.writable(store, Role.READ)
        number = pull_requests.open_discussion(store, repository, user.name, title, description, pull_request=False)
    return RedirectResponse(place(repository, "discussions", str(number)), 303)


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
    repository_page("/discussions/new", new),
    route("POST", f"{REPOSITORY}/discussions/new", create, Role.READ),
    repository_page(f"/discussions/{NUMBER}", discussion),
)
