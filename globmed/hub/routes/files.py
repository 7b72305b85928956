"""Files: folder listings, information on paths, and contents, whole or in ranges."""

import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.responses import JSONResponse, RedirectResponse, Response

from globmed.hub.errors import entry_not_found
from globmed.hub.serving.call import REPOSITORY, REVISION, TYPE, Call, route
from globmed.hub.serving.downloads import BlobResponse
from globmed.hub.storage.blobs import lfs_pointer
from globmed.hub.storage.store import Reader, Repository
from globmed.hub.storage.trees import Entry, Tree

PAGE, PAGE_EXPANDED = 1000, 50
_RANGE = re.compile(r"bytes=(\d{1,6})-(\d{0,6})")


def tree(call: Call) -> Response:
    """Return the files and folders at a path, a page at a time."""
    below = call.parameters.get("path", "").strip("/")
    recursive, expand = call.flag("recursive"), call.flag("expand")
    start, limit = call.integer("cursor", 0), call.integer("limit", PAGE_EXPANDED if expand else PAGE)
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        inside = store.files(store.resolve(repository, call.revision)).under(below)
        if below and not inside:
            raise entry_not_found(below)
        items = _listing(inside, below, recursive=recursive)
        page = [_item(call, store, inside, item, expand=expand) for item in items[start : start + limit]]
    headers = {}
    if len(items) > start + limit:
        rest = f"recursive={recursive}&expand={expand}&limit={limit}&cursor={start + limit}"
        headers["Link"] = f'<{call.base}{call.request.scope["raw_path"].decode()}?{rest}>; rel="next"'
    return JSONResponse(page, headers=headers)


def paths_info(call: Call) -> Response:
    """Return the entries at some paths; missing ones are left out."""
    if "json" in call.request.headers.get("content-type", ""):
        body = call.json()
        paths, expand = body.get("paths", []), bool(body.get("expand"))
    else:
        form = parse_qs(call.body.decode("utf-8", "replace"))
        paths, expand = form.get("paths", []), form.get("expand", [""])[0].lower() in ("1", "true")
    found = []
    with call.hub.store.reading() as store:
        files = store.files(store.resolve(call.readable(store), call.revision))
        for path in [str(path).strip("/") for path in ([paths] if isinstance(paths, str) else paths)]:
            entry = files.get(path)
            if entry is not None:
                found.append(_item(call, store, {}, entry, expand=expand))
            elif path and files.has_folder(path):
                found.append(_item(call, store, files.under(path), path, expand=expand))
    return JSONResponse(found)


def resolve(call: Call) -> Response:
    """Return the bytes of a file, with the headers that the clients cache by."""
    return _file(call, "resolve")


def raw(call: Call) -> Response:
    """Return a file as git has it: for one that LFS keeps, the pointer to it."""
    return _file(call, "raw")


def _file(call: Call, way: str) -> Response:
    path = call.parameters["path"]
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        if repository.name.lower() != call.parameters["repository"].lower():
            place = f"{way}/{quote(call.revision, safe='')}/{quote(path)}"
            return RedirectResponse(f"{call.address(repository)}/{place}", 307)
        commit = store.resolve(repository, call.revision)
        # Before the file is looked for: `load_dataset` knows by a file that is not there whether it has to ask.
        call.admit(store, repository)
        entry = store.files(commit).get(path)
        if entry is None:
            error = entry_not_found(path)
            headers = {"X-Error-Code": error.code or "", "X-Error-Message": "Entry not found", "X-Repo-Commit": commit}
            return JSONResponse({"error": error.message}, error.status, headers)
        blob = call.contents(store, repository, path, entry.sha256)
    pointer = entry.lfs and way == "raw"
    etag = f'"{entry.sha256 if entry.lfs and not pointer else entry.blob_id}"'
    headers = {
        "X-Repo-Commit": commit,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(path.rpartition('/')[2])}",
        # Contributors' uploads are data here: never a page with this server's permissions.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if entry.lfs and not pointer:
        headers |= {"X-Linked-Etag": etag, "X-Linked-Size": str(entry.size)} | _xet(call, repository, commit, entry)
    if _unchanged(call.request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    if pointer:
        return _pointer(lfs_pointer(entry.sha256, entry.size), call.request.headers.get("range", ""), headers)
    return BlobResponse(call.hub.downloads, blob, headers)


def _pointer(text: bytes, asked: str, headers: dict[str, str]) -> Response:
    """Return a pointer, or the one range of it that is asked for: huggingface.js takes the size from such an answer."""
    wanted = _RANGE.fullmatch(asked)
    start = int(wanted[1]) if wanted else 0
    part = text[start : int(wanted[2]) + 1 if wanted[2] else None] if wanted else b""
    if not part:
        return Response(text, headers=headers, media_type="text/plain")
    shown = f"bytes {start}-{start + len(part) - 1}/{len(text)}"
    return Response(part, 206, headers | {"Content-Range": shown}, "text/plain")


def _xet(call: Call, repository: Repository, commit: str, entry: Entry) -> dict[str, str]:
    """Return the headers by which a client that reads by chunks does so."""
    hash_ = call.hub.xet.hash_of(entry.sha256)
    if hash_ is None:
        return {}
    token = f"{call.base}/api/{repository.type}s/{quote(repository.name)}/xet-read-token/{commit}"
    return {"X-Xet-Hash": hash_, "X-Xet-Refresh-Route": token, "Link": f'<{token}>; rel="xet-auth"'}


def _unchanged(known: str, etag: str) -> bool:
    """Return whether an If-None-Match header names an ETag (RFC 9110, 13.1.2: compared weakly)."""
    return any(each.strip().removeprefix("W/") in ("*", etag) for each in known.split(","))


def _listing(inside: Tree, below: str, *, recursive: bool) -> list[Entry | str]:
    """Return folders by path, then files; without ``recursive`` only those directly below."""
    depth = len(below.split("/")) if below else 0
    folders: set[str] = set()
    for path in inside:
        parts = path.split("/")
        last = len(parts) if recursive else min(len(parts), depth + 2)
        folders |= {"/".join(parts[:end]) for end in range(depth + 1, last)}
    files = [entry for path, entry in inside.items() if recursive or path.count("/") == depth]
    return [*sorted(folders), *files]


def _item(call: Call, store: Reader, entries: Tree, item: Entry | str, *, expand: bool) -> dict[str, Any]:
    if isinstance(item, str):
        inner = [entry for path, entry in entries.items() if path.startswith(item + "/")]
        listed = "".join(f"{entry.path}\0{entry.blob_id}\0" for entry in inner)
        shown: dict[str, Any] = {"type": "directory", "path": item, "size": 0}
        shown["oid"] = hashlib.sha1(listed.encode(), usedforsecurity=False).hexdigest()
    else:
        inner = [item]
        shown = {"type": "file", "path": item.path, "size": item.size, "oid": item.blob_id}
        if item.lfs:
            pointer = len(lfs_pointer(item.sha256, item.size))
            shown["lfs"] = {"oid": item.sha256, "size": item.size, "pointerSize": pointer}
            hash_ = call.hub.xet.hash_of(item.sha256)
            # Without it the client asks for the file, and is told why there is none.
            if hash_ is not None and store.erased(call.readable(store), item.sha256) is None:
                shown["xetHash"] = hash_
    if expand:
        last = store.revision_numbered(max(entry.changed for entry in inner))
        shown["lastCommit"] = {"id": last.id, "title": last.title, "date": last.created}
        shown["securityFileStatus"] = {"status": "unscanned", "avScan": {}, "pickleImportScan": {}}
    return shown


ROUTES = (
    route("GET", f"/api/{TYPE}/{REPOSITORY}/tree/{REVISION}(?:/(?P<path>.*))?", tree),
    route("POST", f"/api/{TYPE}/{REPOSITORY}/paths-info/{REVISION}", paths_info),
    route("GET", rf"/(?:(?P<type>datasets|spaces)/)?{REPOSITORY}/resolve/{REVISION}/(?P<path>.+)", resolve),
    route("GET", rf"/(?:(?P<type>datasets|spaces)/)?{REPOSITORY}/raw/{REVISION}/(?P<path>.+)", raw),
)
