"""Folders and files of a revision, and the images of cards."""

from starlette.responses import Response

from globmed.hub.errors import entry_not_found
from globmed.hub.pages.html import page
from globmed.hub.pages.opened import markdown, open_revision, repository_page, text_of
from globmed.hub.serving.call import REVISION, Call
from globmed.hub.serving.downloads import BlobResponse

PAGE = 200
#: What a browser shows as an image; a drawing in SVG runs nothing there.
IMAGES = {
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}


def tree(call: Call) -> Response:
    """Show the files and folders of a folder, a page at a time."""
    folder, number = call.parameters.get("path", "").strip("/"), call.integer("p", 0)
    with call.hub.store.reading() as store:
        opened = open_revision(call, store)
        files = store.files(opened.commit)
        if folder and not files.has_folder(folder):
            raise entry_not_found(folder)
        listed = files.listing(folder, number * PAGE, PAGE + 1)
        items = [(each, store.revision_numbered(each.changed)) for each in listed[:PAGE]]
    return page(
        call,
        "repository/tree.html.jinja",
        opened=opened,
        here="files",
        folder=folder,
        items=items,
        number=number,
        more=len(listed) > PAGE,
    )


def blob(call: Call) -> Response:
    """Show a file: a small text, Markdown or image; otherwise what it is, and where it is downloaded."""
    path = call.parameters["path"]
    text, html, reason = None, None, ""
    with call.hub.store.reading() as store:
        opened = open_revision(call, store)
        entry = store.files(opened.commit).get(path)
        if entry is None:
            raise entry_not_found(path)
        last = store.revision_numbered(entry.changed)
        image = _ending(path) in IMAGES
        if image:
            call.contents(store, opened.repository, path, entry.sha256)
        else:
            text = text_of(call, store, opened.repository, entry)
    if text is not None and _ending(path) in ("md", "markdown"):
        html, reason = markdown(call, opened, path, text)
    return page(
        call,
        "repository/blob.html.jinja",
        opened=opened,
        here="files",
        path=path,
        entry=entry,
        last=last,
        image=image,
        text=text,
        html=html,
        reason=reason,
        table=opened.has_rows and _ending(path) == "parquet",
    )


def image(call: Call) -> Response:
    """Return an image as an image: `resolve` has no type, so that nothing that was uploaded is shown as a page."""
    path = call.parameters["path"]
    with call.hub.store.reading() as store:
        opened = open_revision(call, store)
        entry = store.files(opened.commit).get(path)
        if entry is None or _ending(path) not in IMAGES:
            raise entry_not_found(path)
        file = call.contents(store, opened.repository, path, entry.sha256)
    headers = {
        "X-Content-Type-Options": "nosniff",
        # A drawing opened by itself is a page: it may draw, and no more.
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        "Cache-Control": "no-store",
    }
    response = BlobResponse(call.hub.downloads, file, headers)
    response.headers["Content-Type"] = IMAGES[_ending(path)]
    return response


def _ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


ROUTES = (
    repository_page(f"/tree/{REVISION}(?:/(?P<path>.*))?", tree),
    repository_page(f"/blob/{REVISION}/(?P<path>.+)", blob),
    repository_page(f"/image/{REVISION}/(?P<path>.+)", image),
)
