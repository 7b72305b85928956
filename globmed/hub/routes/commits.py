"""Uploads: choosing between LFS and plain files, LFS transfers, and the commit that makes all changes visible at once.

Git LFS's batch call: https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from globmed.hub.call import REPOSITORY, REVISION, TYPE, Call, Hub, route, streaming
from globmed.hub.errors import HubError, entry_not_found
from globmed.hub.lfs import LFS_FROM_BYTES, lfs_patterns, matches
from globmed.hub.names import check_path
from globmed.hub.storage.blobs import git_blob_id, lfs_pointer
from globmed.hub.storage.pull_requests import open_pull_request
from globmed.hub.storage.store import MAIN, Entry, Reader, Repository, Tree
from globmed.storage.lines import split_lines

OBJECT = r"/lfs/(?P<type>models|datasets|spaces)/(?P<repository>[^/]+/[^/]+)/(?P<sha256>[0-9a-f]{64})"
STALE = "The branch was updated since its parent commit was read: load it again and repeat"
NO_XET = "This Hub has no Xet storage: set HF_HUB_DISABLE_XET=1 and repeat"


class Change(NamedTuple):
    """One line of a commit: a change of a path."""

    kind: str
    path: str
    value: dict[str, Any]


def preupload(call: Call) -> Response:
    """Answer for every file whether it goes to LFS, whether .gitignore excludes it, and its present id."""
    body = call.json()
    with call.hub.store.reading() as store:
        repository, _ = call.writable(store)
        commit = store.resolve(repository, call.revision)
        tree = store.tree(commit)
    lfs = lfs_patterns(_text(call, tree, ".gitattributes"))
    given = body.get("gitIgnore")
    ignored = split_lines(str(given) if given is not None else _text(call, tree, ".gitignore"))
    files = []
    for file in body.get("files", []):
        path = check_path(str(file["path"]))
        large = matches(path, lfs) or int(file["size"]) >= LFS_FROM_BYTES
        files.append(
            {
                "path": path,
                "uploadMode": "lfs" if large else "regular",
                "shouldIgnore": matches(path, ignored),
                "oid": _present_id(call, tree.get(path), large=large),
            }
        )
    return JSONResponse({"files": files, "commitOid": commit})


def commit(call: Call) -> Response:
    """Add a commit to a branch or pull request, or open a pull request with it: all of its changes or none."""
    header, changes = _changes(call.body)
    title, parent = str(header["summary"]), header.get("parentCommit")
    extra = {}
    with call.hub.store.writing() as store:
        repository, user = call.writable(store)
        kind, name, head = store.branch(repository, call.revision)
        if call.flag("create_pr") and (kind, name) != ("heads", MAIN):
            raise HubError(400, f"A pull request is opened against {MAIN}, not against {call.revision}")
        if parent and not head.startswith(str(parent)):
            raise HubError(412, STALE)
        message = str(header.get("description") or "")
        tree = _apply(call.hub, store, repository, store.tree(head), changes)
        made = store.add_revision(repository, [head], tree, title, message, user.name)
        if call.flag("create_pr"):
            number = open_pull_request(store, repository, user.name, title, message, made)
            extra["pullRequestUrl"] = f"{call.address(repository)}/discussions/{number}"
        else:
            store.set_reference(repository, kind, name, made)
    address = f"{call.address(repository)}/commit/{made}"
    return JSONResponse({"success": True, "commitOid": made, "commitUrl": address, "hookOutput": "", **extra})


def lfs_batch(call: Call) -> Response:
    """Answer with an address for each LFS object's upload or download; stored objects need no upload."""
    body = call.json()
    uploading = body.get("operation") == "upload"
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        if uploading:
            call.writer()
        present = {
            str(item["oid"]): call.hub.blobs.has(str(item["oid"])) and store.owns_object(repository, str(item["oid"]))
            for item in body.get("objects", [])
        }
    objects = [
        _object(call, repository, item, present[str(item["oid"])], uploading) for item in body.get("objects", [])
    ]
    return JSONResponse({"transfer": "basic", "objects": objects}, media_type="application/vnd.git-lfs+json")


async def receive_object(call: Call) -> Response:
    """Store an LFS object that arrives in chunks; only an address issued by `lfs_batch` is accepted."""
    signature = call.request.query_params.get("signature", "")
    if not hmac.compare_digest(signature.encode(), _signature(call.hub, call.parameters).encode()):
        raise HubError(403, "This upload address is not valid (any more): ask for a new one")
    sha256 = call.parameters["sha256"]
    await call.hub.blobs.receive(call.request.stream(), sha256)
    await run_in_threadpool(_note_object, call, sha256)
    return Response("OK")


def xet(call: Call) -> Response:
    """Refuse Xet storage; the client shows only the address that failed, so the address states the reason."""
    return RedirectResponse(f"{call.base}/no-xet-storage/set/HF_HUB_DISABLE_XET=1/and-repeat", 307)


def _note_object(call: Call, sha256: str) -> None:
    with call.hub.store.writing() as store:
        repository = store.repository(call.type, call.parameters["repository"])
        if repository is None:
            raise HubError(404, "The repository is gone", "RepoNotFound")
        store.add_object(repository, sha256)


def _changes(body: bytes) -> tuple[dict[str, Any], list[Change]]:
    """Return the header and the changes of a commit's newline-delimited JSON."""
    header: dict[str, Any] = {}
    changes = []
    try:
        for line in filter(None, body.splitlines()):
            key, value = (entry := json.loads(line))["key"], entry["value"]
            if key == "header":
                header = dict(value)
            else:
                changes.append(Change(str(key), check_path(str(value["path"]).removesuffix("/")), dict(value)))
    except (ValueError, KeyError, TypeError) as error:
        raise HubError(400, f"Not a commit in newline-delimited JSON: {error!r}") from error
    if not header.get("summary"):
        raise HubError(400, "The commit has no header with a summary")
    return header, changes


def _apply(hub: Hub, store: Reader, repository: Repository, tree: dict[str, Entry], changes: list[Change]) -> Tree:
    for change in changes:
        if change.kind in ("deletedFile", "deletedFolder"):
            gone = [path for path in tree if path == change.path or path.startswith(change.path + "/")]
            if not gone:
                raise entry_not_found(change.path)
            for path in gone:
                del tree[path]
        elif change.kind == "file":
            tree[change.path] = _plain(hub, change)
        elif change.kind == "lfsFile":
            tree[change.path] = _large(hub, store, repository, change)
        else:
            raise HubError(400, f"Unknown operation {change.kind!r} in a commit")
    folders = {folder for path in tree for folder in accumulate(path.split("/")[:-1], "{}/{}".format)}
    for path in sorted(folders.intersection(tree)):
        raise HubError(422, f"{path!r} would be a file and a folder at once")
    return tree


def _plain(hub: Hub, change: Change) -> Entry:
    try:
        text = str(change.value["content"])
        content = base64.b64decode(text, validate=True) if change.value.get("encoding") == "base64" else text.encode()
    except (KeyError, binascii.Error, UnicodeError) as error:
        raise HubError(400, f"{change.path}: its content is missing or is not base64") from error
    return Entry(change.path, hub.blobs.put(content), len(content), git_blob_id(content), lfs=False)


def _large(hub: Hub, store: Reader, repository: Repository, change: Change) -> Entry:
    sha256 = str(change.value.get("oid", ""))
    if not hub.blobs.has(sha256) or not store.owns_object(repository, sha256):
        raise HubError(422, f"{change.path}: its LFS object {sha256[:12]}... was not uploaded; {NO_XET}")
    size = hub.blobs.size(sha256)
    return Entry(change.path, sha256, size, git_blob_id(lfs_pointer(sha256, size)), lfs=True)


def _present_id(call: Call, entry: Entry | None, *, large: bool) -> str | None:
    """Return the id that the client compares with its own file: SHA-256 for LFS, else the git id of the contents."""
    if entry is None:
        return None
    if large:
        return entry.sha256
    return git_blob_id(call.hub.blobs.read(entry.sha256)) if entry.lfs else entry.blob_id


def _text(call: Call, tree: Tree, path: str) -> str:
    return call.hub.blobs.read(tree[path].sha256).decode("utf-8", "replace") if path in tree else ""


def _object(call: Call, repository: Repository, item: dict[str, Any], present: bool, uploading: bool) -> dict[str, Any]:
    sha256 = str(item["oid"])
    parameters = {"type": f"{repository.type}s", "repository": repository.name, "sha256": sha256}
    described: dict[str, Any] = {"oid": sha256, "size": item.get("size")}
    if not uploading:
        return described | {"error": {"code": 404, "message": "Download it by its path"}}
    if present:
        return described
    place = f"{call.base}/lfs/{parameters['type']}/{repository.name}/{sha256}"
    address = f"{place}?signature={_signature(call.hub, parameters)}"
    return described | {"actions": {"upload": {"href": address, "header": {}}}}


def _signature(hub: Hub, parameters: Mapping[str, str]) -> str:
    """Return the signature of an upload address (clients send no token there); valid until the server stops."""
    named = "\0".join(parameters[name] for name in ("type", "repository", "sha256"))
    return hmac.new(hub.upload_secret, named.encode(), hashlib.sha256).hexdigest()


ROUTES = (
    route("POST", f"/api/{TYPE}/{REPOSITORY}/preupload/{REVISION}", preupload),
    route("POST", f"/api/{TYPE}/{REPOSITORY}/commit/{REVISION}", commit),
    route(
        "POST", r"/(?:(?P<type>datasets|spaces)/)?(?P<repository>[^/]+/[^/]+)\.git/info/lfs/objects/batch", lfs_batch
    ),
    streaming("PUT", OBJECT, receive_object),
    route("GET", f"/api/{TYPE}/{REPOSITORY}/xet-(?:read|write)-token/{REVISION}", xet),
)
