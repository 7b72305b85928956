"""The files of the page: the document, its style and scripts, the facts about the version, and the tables of facets."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from globmed.hub.pages.html import FOLDER as HUB_STYLE
from globmed.languages import languages
from globmed.render.html import ICON, asset, templates
from globmed.schema import SIGNALS
from globmed.storage.files import json_text
from globmed.versions.explore.contents import Contents
from globmed.versions.explore.facets import facet_tables

PAGE = Path(__file__).parent / "page"
#: The tables are Parquet, but the Hub's client warns of files in a Space that are called so.
INDEX, FACTS, ITEMS, ROWS = "index.html", "version.json", "items.table", "rows.table"
#: Beside the page, where the command serves it.
DATA = "data"
#: The public Hub answers for a file with the address of a store.
PUBLIC, STORES = "https://huggingface.co", "https://*.hf.co"


def site(contents: Contents, endpoint: str | None, *, static: bool) -> dict[str, bytes]:
    """Return the files of the page by path.

    Args:
        contents: what is explored.
        endpoint: the address of the version's Hub, for links and, if ``static``, for the rows; None for a build.
        static: whether the page reads the rows from the Hub; otherwise from `DATA` beside it.
    """
    items, rows = facet_tables(contents.files)
    made = {
        INDEX: _document(contents, endpoint if static else None).encode(),
        FACTS: json_text(_facts(contents, endpoint, static=static)).encode(),
        ITEMS: items,
        ROWS: rows,
        "style.css": "\n".join(asset(folder / "style.css") for folder in (HUB_STYLE, PAGE)).encode(),
        "icon.svg": ICON.encode(),
    }
    for folder in ("scripts", "vendor"):
        made |= {f"{folder}/{file.name}": file.read_bytes() for file in sorted((PAGE / folder).iterdir())}
    return made


def _document(contents: Contents, hub: str | None) -> str:
    sources = ["'self'"]
    if hub is not None:
        parts = urlsplit(hub)
        sources += [f"{parts.scheme}://{parts.netloc}", *([STORES] if hub == PUBLIC else [])]
    policy = f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {' '.join(sources)}"
    template = templates(PAGE).get_template("index.html.jinja")
    return template.render(title=contents.title, policy=Markup(f"{policy}; base-uri 'none'; form-action 'none'"))  # noqa: S704 -- ours


def _facts(contents: Contents, endpoint: str | None, *, static: bool) -> dict[str, Any]:
    """Return what the page has to know before it reads a row."""
    configs, published = contents.configs, contents.published
    repository, data = None, DATA
    if published is not None and endpoint is not None:
        repository = f"{endpoint}/datasets/{published.repository}"
        data = f"{repository}/resolve/{published.commit}" if static else DATA
    return {
        "title": contents.title,
        "version": str(published.version) if published else None,
        "commit": published.commit if published else None,
        "repository": repository,
        "data": data,
        "languages": [_language(config) for config in configs],
        "files": [
            {
                "path": quote(file.path),
                "size": file.size,
                "rows": file.rows,
                "language": configs.index(file.config),
                "split": file.split,
            }
            for file in contents.files
        ],
        "signals": {name: signal.meaning for name, signal in SIGNALS.items()},
        "reasons": {signal.reason: signal.meaning for signal in SIGNALS.values() if signal.reason},
    }


def _language(config: str) -> dict[str, str]:
    """Return how a config's language is named and written; one that is not in the list has its config's name."""
    entry = languages().get(config)
    if entry is None:
        unknown = {"tag": "", "english": config, "name": config, "direction": "auto"}
        return {"config": config, **unknown, "digits": "0123456789", "decimal": "."}
    names = dict.fromkeys((entry.english_name, entry.native_name))
    return {
        "config": config,
        "tag": entry.tag,
        "english": entry.english_name,
        "name": " – ".join(names),
        "direction": entry.direction,
        "digits": entry.digits,
        "decimal": entry.decimal_mark,
    }
