"""The first page of a repository, its card; and its versions."""

from starlette.responses import Response

from globmed.hub.errors import HubError
from globmed.hub.pages.html import page
from globmed.hub.pages.opened import markdown, open_main, repository_page, text_of
from globmed.hub.serving.call import Call
from globmed.hub.storage import cards
from globmed.hub.storage.community import access

CARD = "README.md"
#: Tags of a card that are shown.
MOST_TAGS = 40
#: Versions, and branches, that are shown: the last ones by name.
MOST_NAMES = 500


def card(call: Call) -> Response:
    """Show the card of main."""
    tags: list[str] = []
    text, reason = None, "This repository has no card yet: it is its README.md."
    with call.hub.store.reading() as store:
        opened = open_main(call, store)
        last = store.revision(opened.commit)
        versions = store.references(opened.repository, "tags")
        shut = not call.enters(store, opened.repository)
        asked = access.request(store, opened.repository, user=call.user.name) if shut and call.user else None
        entry = store.files(opened.commit).get(CARD)
        if entry is not None:
            try:
                text = text_of(call, store, opened.repository, entry, card=True)
                reason = "It is too long to be shown, or is not text in UTF-8."
                file = call.card(store, opened.repository, CARD, entry.sha256)
                tags = cards.tags(call.hub.cards.metadata(entry.sha256, file))
            except HubError as error:
                reason = error.message
    html = None
    if text is not None:
        html, reason = markdown(call, opened, CARD, text)
    return page(
        call,
        "repository/card.html.jinja",
        opened=opened,
        here="card",
        html=html,
        text=text,
        reason=reason,
        tags=tags[:MOST_TAGS],
        last=last,
        versions=len(versions),
        shut=shut,
        asked=asked,
    )


def versions(call: Call) -> Response:
    """Show the tags, which never move, and the branches, which do."""
    with call.hub.store.reading() as store:
        opened = open_main(call, store)
        kinds = []
        for title, kind in (("Versions", "tags"), ("Branches", "heads")):
            names = [*store.references(opened.repository, kind).items()][-MOST_NAMES:]
            kinds.append((title, [(name, store.revision(commit)) for name, commit in names]))
    for _, found in kinds:
        found.sort(key=lambda each: each[1].created, reverse=True)
    return page(call, "repository/versions.html.jinja", opened=opened, here="versions", kinds=kinds)


ROUTES = (
    repository_page("", card),
    repository_page("/versions", versions),
)
