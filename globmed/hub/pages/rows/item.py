"""One item in all its languages, side by side, with its provenance, signals and reasons."""

from typing import Any

from starlette.responses import Response

from globmed.hub.errors import HubError
from globmed.hub.pages.html import page
from globmed.hub.pages.opened import repository_page
from globmed.hub.pages.rows.parquet import contents, tables, tongue
from globmed.hub.pages.sandbox.workers import UnfitError
from globmed.hub.serving.call import REVISION, Call
from globmed.languages import ENGLISH, language

MOST_CHARACTERS = 1000
#: The texts of an item that come before its options.
TEXTS = ("context", "premise", "hypothesis", "question")
#: Columns that have a place of their own on the page, or are those of its heading.
_PLACED = frozenset({*TEXTS, "id", "language", "long_answer", "options", "answer", "quality", "provenance", "review"})


def item(call: Call) -> Response:
    """Show the rows of an id; 404 if there are none."""
    id_ = call.request.query_params.get("id", "")[:MOST_CHARACTERS]
    shown = tables(call)
    paths, places = contents(call, shown, shown.paths())
    found: dict[str, Any] = {"rows": [], "signals": {}}
    if places:
        try:
            found = call.hub.workers.run("item", files=places, id=id_)
        except UnfitError as error:
            shown.notices.append(str(error))
    if not found["rows"] and not shown.notices:
        raise HubError(404, f"No row has the id {id_!r}")
    rows = [_Row(paths[each["file"]], shown.config_of(paths[each["file"]]), each["row"]) for each in found["rows"]]
    return page(
        call,
        "rows/item.html.jinja",
        opened=shown.opened,
        here="rows",
        id=id_,
        rows=sorted(rows, key=lambda row: row.tongue["lang"] != language(ENGLISH).tag),
        signals=found["signals"],
        notices=shown.notices,
        texts=TEXTS,
    )


class _Row:
    """A row as its page shows it; a stranger's columns may be of any type."""

    def __init__(self, path: str, config: str, columns: dict[str, Any]) -> None:
        self.path, self.config, self.columns = path, config, columns
        self.tongue = tongue(columns.get("language") or config)

    @property
    def options(self) -> list[dict[str, Any]]:
        """The options: label and text each."""
        options = self.columns.get("options")
        return [each for each in options if isinstance(each, dict)] if isinstance(options, list) else []

    def fields(self, column: str) -> dict[str, Any]:
        """Return the fields of a struct that have a value."""
        fields = self.columns.get(column)
        return (
            {name: each for name, each in fields.items() if each not in (None, [])} if isinstance(fields, dict) else {}
        )

    @property
    def reasons(self) -> list[Any]:
        """The reasons to doubt the translation."""
        reasons = self.fields("quality").get("reasons")
        return reasons if isinstance(reasons, list) else []

    @property
    def others(self) -> dict[str, Any]:
        """The other columns that have a value."""
        return {name: each for name, each in self.columns.items() if name not in _PLACED and each is not None}


ROUTES = (repository_page(f"/item/{REVISION}", item),)
