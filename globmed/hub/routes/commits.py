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
from typing import IO, Any, NamedTuple

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from globmed.hub.errors import HubError, entry_not_found, erased
from globmed.hub.names import check_path
from globmed.hub.serving import bodies, lfs_downloads
from globmed.hub.serving.call import REPOSITORY, REVISION, TYPE, Call, Hub, route, streaming
from globmed.hub.storage import pull_requests
from globmed.hub.storage.blobs import git_blob_id, lfs_pointer
from globmed.hub.storage.lfs import LFS_FROM_BYTES, Patterns, gitattributes, lfs_patterns
from globmed.hub.storage.store import Reader, Repository, Writer
from globmed.hub.storage.trees import Changes, Entry, Files
from globmed.hub.tokens import Role, User
from globmed.storage.lines import split_lines

#: In the words by which clients of the public Hub know it.
STALE = "The branch was updated since you opened this page. Please refresh and try again."


class Change(NamedTuple):
    """One line of a commit: a change of a path; the contents of a plain file are stored already."""

    kind: str
    path: str
    entry: Entry | None = None
    sha256: str = ""


def preupload(call: Call) -> Response:
    """Answer for every file whether it goes to LFS, whether .gitignore excludes it, and its present id."""
    body = call.json()
    given = body.get("gitIgnore")
    asked = [(check_path(str(file["path"])), int(file["size"])) for file in body.get("files", [])]
    with call.hub.store.reading() as store:
        repository, _ = _committer(call, store)
        commit = store.resolve(repository, call.revision)
        tree = store.files(commit)
        attributes = _text(call, tree, ".gitattributes")
        lfs = Patterns(lfs_patterns(gitattributes(repository.type).decode() if attributes is None else attributes))
        ignored = Patterns(split_lines(str(given) if given is not None else _text(call, tree, ".gitignore") or ""))
        present = {path: tree.get(path) for path, _ in asked}
    files = []
    for path, size in asked:
        large = lfs.match(path) or size >= LFS_FROM_BYTES
        files.append(
            {
                "path": path,
                "uploadMode": "lfs" if large else "regular",
                "shouldIgnore": ignored.match(path),
                "oid": _present_id(call, present[path], large=large),
            }
        )
    return JSONResponse({"files": files, "commitOid": commit})


async def commit(call: Call) -> Response:
    """Add a commit to a branch or pull request, or open a pull request with it: all of its changes or none.

    Plain files are stored as their lines arrive; the database is only locked for the changes of the tree.
    """
    await run_in_threadpool(_check_committer, call)
    header: dict[str, Any] = {}
    changes: list[Change] = []
    async for line in bodies.lines(call.request, call.hub.blobs.incoming):
        long = bodies.size(line) > bodies.LINE_IN_MEMORY
        change = await to_thread.run_sync(
            _read, call.hub, line, limiter=call.hub.long_lines if long else call.hub.writers
        )
        if isinstance(change, Change):
            changes.append(change)
        elif change:
            header = change
    if not header.get("summary"):
        raise HubError(400, "The commit has no header with a summary")
    return await to_thread.run_sync(_commit, call, header, changes, limiter=call.hub.writers)


def _commit(call: Call, header: dict[str, Any], changes: list[Change]) -> Response:
    title, message = str(header["summary"]), str(header.get("description") or "")
    parent, extra = header.get("parentCommit"), {}
    with call.hub.store.writing() as store:
        repository, user = _committer(call, store)
        kind, name, head = store.branch(repository, call.revision)
        opening = call.flag("create_pr")
        if opening and kind != "heads":
            raise HubError(400, f"A pull request is opened against a branch, not against {call.revision}")
        if parent and not head.startswith(str(parent)):
            raise HubError(412, STALE)
        changed = _changed(call.hub, store, repository, store.files(head), changes)
        if opening:
            number = pull_requests.open_discussion(
                store, repository, user.name, title, message, pull_request=True, base=name
            )
            kind, name = "pr", str(number)
            extra["pullRequestUrl"] = f"{call.address(repository)}/discussions/{number}"
        made = store.add_revision(repository, [head], changed, title, message, user.name, f"{kind}/{name}")
        if opening:
            pull_requests.publish(store, repository, number, user.name, title, made)
        store.set_reference(repository, kind, name, made)
    address = f"{call.address(repository)}/commit/{made}"
    return JSONResponse({"success": True, "commitOid": made, "commitUrl": address, "hookOutput": "", **extra})


def _check_committer(call: Call) -> None:
    with call.hub.store.reading() as store:
        _committer(call, store)


def _committer(call: Call, store: Reader) -> tuple[Repository, User]:
    """Return the repository and the caller, who may commit there; to a pull request of one's own that is `discuss`."""
    repository, user = call.writable(store, Role.DISCUSS)
    number = call.revision.removeprefix("refs/pr/")
    own = number != call.revision and pull_requests.author(store, repository, number) == user.name
    if not (own or call.flag("create_pr")):
        call.holder(Role.WRITE, repository.name)
    return repository, user


def lfs_batch(call: Call) -> Response:
    """Answer with an address for each LFS object's upload or download; stored objects need no upload."""
    body = call.json()
    uploading = body.get("operation") == "upload"
    with call.hub.store.reading() as store:
        repository = call.readable(store)
        if uploading:
            call.holder(Role.DISCUSS, repository.name)
        else:
            call.admit(store, repository)
        for item in body.get("objects", []):
            _check_not_erased(store, repository, str(item.get("path", "The file")), str(item["oid"]))
        present = {
            oid: (store.owns_object if uploading else store.names_content)(repository, oid) and call.hub.blobs.has(oid)
            for oid in (str(item["oid"]) for item in body.get("objects", []))
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
    await to_thread.run_sync(_note_object, call, sha256, limiter=call.hub.writers)
    return Response("OK")


def _note_object(call: Call, sha256: str) -> None:
    with call.hub.store.writing() as store:
        repository = store.repository(call.type, call.parameters["repository"])
        if repository is None:
            raise HubError(404, "The repository is gone", "RepoNotFound")
        store.add_object(repository, sha256)


def _read(hub: Hub, line: IO[bytes]) -> dict[str, Any] | Change | None:
    """Return the header of a commit, one of its changes, or nothing; the contents of a plain file are stored."""
    text = line.read()
    if not text.strip():
        return None
    try:
        parsed = json.loads(text)
        kind, value = str(parsed["key"]), dict(parsed["value"])
        if kind == "header":
            return value
        path = check_path(str(value["path"]).removesuffix("/"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise HubError(400, f"Not a commit in newline-delimited JSON: {error!r}"[:300]) from error
    if kind == "file":
        return Change(kind, path, _plain(hub, path, value))
    if kind == "lfsFile":
        sha256 = str(value.get("oid", ""))
        # Hashed now, if it has to be, rather than while the database is locked.
        hub.blobs.has(sha256)
        return Change(kind, path, sha256=sha256)
    if kind in ("deletedFile", "deletedFolder"):
        return Change(kind, path)
    raise HubError(400, f"Unknown operation {kind!r} in a commit")


def _plain(hub: Hub, path: str, value: Mapping[str, Any]) -> Entry:
    try:
        text = str(value["content"])
        content = base64.b64decode(text, validate=True) if value.get("encoding") == "base64" else text.encode()
    except (KeyError, binascii.Error, UnicodeError) as error:
        raise HubError(400, f"{path}: its content is missing or is not base64") from error
    return Entry(path, hub.blobs.put(content), len(content), git_blob_id(content), lfs=False)


def _changed(hub: Hub, store: Writer, repository: Repository, tree: Files, changes: list[Change]) -> Changes:
    """Return the paths that a commit sets and removes, in a tree whose other paths it does not touch."""
    changed: dict[str, Entry | None] = {}
    for change in changes:
        if change.kind in ("deletedFile", "deletedFolder"):
            _remove(tree, changed, change.path)
            continue
        entry = change.entry or _large(hub, store, repository, change)
        _check_not_erased(store, repository, change.path, entry.sha256)
        if not hub.blobs.path(entry.sha256).is_file():
            raise HubError(503, f"{change.path}: its content was removed meanwhile: repeat")
        changed[change.path] = entry
    _check_folders(tree, changed)
    return changed


def _remove(tree: Files, changed: dict[str, Entry | None], path: str) -> None:
    """Remove a file, or all files in a folder; 404 if there are none."""
    here = [known for known, entry in changed.items() if entry and (known == path or known.startswith(path + "/"))]
    before = [*([path] if tree.get(path) else []), *tree.under(path)]
    gone = {*here, *(known for known in before if changed.get(known, True) is not None)}
    if not gone:
        raise entry_not_found(path)
    changed |= dict.fromkeys(gone)


def _check_folders(tree: Files, changed: Changes) -> None:
    """Refuse changes after which a path would be a file and a folder at once."""
    added = {path for path, entry in changed.items() if entry is not None}
    folders = {folder for path in added for folder in accumulate(path.split("/")[:-1], "{}/{}".format)}
    for folder in sorted(folders):
        if folder in added or (folder not in changed and tree.get(folder)):
            raise _both(folder)
    removed = changed.keys() - added
    for path in sorted(added):
        # A path that is already a file cannot be a folder.
        if tree.get(path) is None and tree.has_folder(path) and not tree.under(path).keys() <= removed:
            raise _both(path)


def _both(path: str) -> HubError:
    return HubError(422, f"{path!r} would be a file and a folder at once")


def _large(hub: Hub, store: Reader, repository: Repository, change: Change) -> Entry:
    sha256 = change.sha256
    _check_not_erased(store, repository, change.path, sha256)
    if not store.owns_object(repository, sha256) or not hub.blobs.has(sha256):
        raise HubError(422, f"{change.path}: its content {sha256[:12]}... was not uploaded: upload it and repeat")
    size = hub.blobs.size(sha256)
    return Entry(change.path, sha256, size, git_blob_id(lfs_pointer(sha256, size)), lfs=True)


def _check_not_erased(store: Reader, repository: Repository, path: str, sha256: str) -> None:
    """Refuse a content that an operator took down in this repository."""
    tombstone = store.erased(repository, sha256)
    if tombstone is not None:
        raise erased(path, tombstone.erased, tombstone.why)


def _present_id(call: Call, entry: Entry | None, *, large: bool) -> str | None:
    """Return the id that the client compares with its own file: SHA-256 for LFS, else the git id of the contents.

    None for a content that is damaged or missing, so that the client sends it again, with all of its chunks.
    """
    if entry is None:
        return None
    if not call.hub.blobs.has(entry.sha256):
        call.hub.xet.forget([entry.sha256])
        return None
    if large:
        return entry.sha256
    return git_blob_id(call.hub.blobs.read(entry.sha256)) if entry.lfs else entry.blob_id


def _text(call: Call, tree: Files, path: str) -> str | None:
    """Return the text of a file; None if there is none, or its content is damaged or missing."""
    entry = tree.get(path)
    if entry is None or entry.size > LFS_FROM_BYTES or not call.hub.blobs.has(entry.sha256):
        return None
    return call.hub.blobs.read(entry.sha256).decode("utf-8", "replace")


def _object(call: Call, repository: Repository, item: dict[str, Any], present: bool, uploading: bool) -> dict[str, Any]:
    sha256 = str(item["oid"])
    parameters = {"type": f"{repository.type}s", "repository": repository.name, "sha256": sha256}
    described: dict[str, Any] = {"oid": sha256, "size": item.get("size")}
    if not uploading:
        if not present:
            return described | {"error": {"code": 404, "message": f"{repository.name} has no such object"}}
        download = {"href": lfs_downloads.address(call, repository, sha256)}
        return described | {"authenticated": True, "actions": {"download": download}}
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
    route("POST", f"/api/{TYPE}/{REPOSITORY}/preupload/{REVISION}", preupload, Role.DISCUSS),
    streaming("POST", f"/api/{TYPE}/{REPOSITORY}/commit/{REVISION}", commit, Role.DISCUSS),
    route(
        "POST", r"/(?:(?P<type>datasets|spaces)/)?(?P<repository>[^/]+/[^/]+)\.git/info/lfs/objects/batch", lfs_batch
    ),
    streaming("PUT", lfs_downloads.OBJECT, receive_object),
    route("GET", lfs_downloads.OBJECT, lfs_downloads.send),
)
