"""The rows of a dataset: a table, a page at a time, with search and filters."""

from typing import Any

from starlette.responses import RedirectResponse, Response

from globmed.hub.pages.html import page, place
from globmed.hub.pages.opened import repository_page
from globmed.hub.pages.rows.parquet import contents, tables, tongue
from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.serving.call import REVISION, Call

PAGE = 50
FACETS = ("language", "task", "source", "status")
#: Of a search, and of a value that is filtered by.
MOST_CHARACTERS = 200
#: For every config, in the address.
ALL = "*"


def rows(call: Call) -> Response:
    """Show a page of the rows that are asked for."""
    query = call.request.query_params
    number = call.integer("p", 0)
    given = {name: query.get(name, "")[:MOST_CHARACTERS] for name in (*FACETS, "text")}
    shown = tables(call)
    config = query.get("config") or next(iter(shown.configs), ALL)
    split, file = query.get("split", ""), query.get("file", "")
    wanted = [file] if file in shown.entries else shown.paths("" if config == ALL else config, split)
    paths, places = contents(call, shown, wanted)
    facets: dict[str, Any] = {}
    found: dict[str, Any] = {"total": 0, "more": False, "rows": [], "columns": []}
    if places:
        conditions = {name: value or None for name, value in given.items()}
        try:
            facets = call.hub.workers.run("facets", files=places)
            found = call.hub.workers.run("page", files=places, conditions=conditions, start=number * PAGE, limit=PAGE)
        except UnfitError as error:
            shown.notices.append(str(error))
    return page(
        call,
        "rows/rows.html.jinja",
        opened=shown.opened,
        here="rows",
        shown=shown,
        chosen={"config": config, "split": split, "file": file if file in shown.entries else ""},
        everything=ALL,
        given=given,
        facets=facets,
        found=found,
        paths=paths,
        tongue=tongue,
        number=number,
        first=number * PAGE + 1,
        more=found["more"],
    )


def viewer(call: Call) -> Response:
    """Lead from where the public Hub has the rows to where they are here."""
    with call.hub.store.reading() as store:
        repository = call.readable(store)
    chosen = {"config": call.parameters.get("config"), "split": call.parameters.get("split")}
    return RedirectResponse(place(repository, "rows", "main", "", **chosen), 307)


ROUTES = (
    repository_page(f"/rows/{REVISION}", rows),
    repository_page("/viewer(?:/(?P<config>[^/]+)(?:/(?P<split>[^/]+))?)?", viewer),
)
