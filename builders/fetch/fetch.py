"""Fetch sources: download missing files, verify them by the lock file, and move each folder into place as a whole."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from builders.fetch import git, hub, web
from builders.fetch.lock import LOCK, Entry, Known, read_lock, record
from builders.fetch.mark import Mark, fields
from builders.fetch.target import Target
from builders.fetch.unpack import unpack
from builders.fetch.upstream import Advance, Got, Listing, NoRevisionError, TermsError, Upstream
from builders.sources.places import Place
from globmed.errors import UserError
from globmed.storage.files import replaced, sha256
from globmed.storage.folders import is_empty, make_folder
from globmed.storage.lock import locked, locked_beside

UPSTREAMS: Mapping[str, Upstream] = {"hub": hub, "git": git, "web": web}
#: Called with the name of a download and its size in bytes, if known.
Bar = Callable[[str, int | None], Advance]


class State(StrEnum):
    """The state of a source's folder."""

    HERE = "here"
    OWN = "own files"
    WANTED = "to fetch"
    FETCHED = "fetched"
    CACHED = "from the cache"
    BY_HAND = "by hand"
    TERMS = "terms to accept"
    UNKNOWN = "not reached"


@dataclass(frozen=True, slots=True)
class Wish:
    """Options of a fetch.

    Attributes:
        out: gets one folder per target.
        lock: the lock file.
        mirror: whether to use the newest revision where a place does not have the pinned one.
        again: whether a folder without an entry in the lock file is fetched again, to record one.
    """

    out: Path
    lock: Path = LOCK
    mirror: bool = False
    again: bool = True


@dataclass(frozen=True, slots=True)
class Status:
    """A target, its state, its place's listing (None if it was not requested), and the next step, if there is one."""

    target: Target
    state: State
    listing: Listing | None = None
    note: str = ""


def plan(target: Target, wish: Wish) -> Status:
    """Return what a fetch would do for a target, without downloading its files.

    Raises:
        UserError: files in its folder were changed since they were fetched; as `Upstream.look` does.
    """
    place, folder = target.place, wish.out / target.folder
    mark = Mark.read(folder)
    if mark is None and folder.exists() and not (folder.is_dir() and is_empty(folder)):
        note = "" if place.kind == "hand" else f"{folder} has files of your own: remove it to fetch them"
        return Status(target, State.OWN, note=note)
    if place.kind == "hand":
        note = f"{target.names} cannot be fetched: {place.address}, {place.terms}; put the files in {folder}"
        return Status(target, State.BY_HAND, note=note)
    entry = _entry(target, wish)
    if mark is not None:
        mark.check(folder)
        if mark.place == fields(place) and _is_as_locked(mark.entry, entry, place, wish):
            return Status(target, State.HERE, _listing_of(mark.entry))
    return Status(target, State.WANTED, _listing(target, entry, wish))


def survey(targets: Iterable[Target], wish: Wish) -> list[Status]:
    """Plan every target; one that cannot be planned is `State.UNKNOWN`, with the reason as its note."""
    statuses = []
    for target in targets:
        try:
            statuses.append(plan(target, wish))
        except UserError as error:
            state = State.TERMS if isinstance(error, TermsError) else State.UNKNOWN
            statuses.append(Status(target, state, note=str(error)))
    return statuses


def fetch(targets: Iterable[Target], wish: Wish, bar: Bar) -> list[Status]:
    """Fetch targets that are missing or at another revision; leave other folders as they are.

    Raises:
        UserError: a file differs from the lock file, or cannot be downloaded; the targets before it are complete.
    """
    with locked(make_folder(wish.out)):
        return [_fetch(target, wish, bar) for target in targets]


def download(target: Target, listing: Listing, entry: Entry | None, folder: Path, bar: Bar) -> tuple[Entry, bool]:
    """Download the files of a listing into a folder, which is replaced as a whole.

    Args:
        target: the target of the files.
        listing: their place at a revision.
        entry: the expected hashes and sizes; None if unknown.
        folder: where to.
        bar: receives the progress.

    Returns:
        The entry of the downloaded files, and whether all of them were in the user's cache.

    Raises:
        UserError: a file differs from the entry, or cannot be downloaded; the folder is then unchanged.
    """
    advance = bar(target.names, listing.size)
    with locked_beside(work_folder(target)):
        brought = {path: _bring(target, listing, path, entry, advance) for path in listing.files}
        files = {path: known for path, (_, known) in brought.items()}
        found = Entry(target.place.address, listing.revision, listing.licence, files)
        with replaced(folder) as partial:
            make_folder(partial)
            for path, (got, _) in brought.items():
                _put(target.place, path, got.path, partial)
            Mark.of(target.place, found, partial).write(partial)
    return found, all(got.cached for got, _ in brought.values())


def look(target: Target, revision: str | None) -> Listing:
    """List a target's place at a revision, the newest by default; as `Upstream.look`."""
    return UPSTREAMS[target.place.kind].look(target.place, revision, work_folder(target))


def work_folder(target: Target) -> Path:
    """Return the folder in the user's cache for files that the Hub's client does not cache."""
    from huggingface_hub import cached_assets_path

    return cached_assets_path("globmed", "sources", target.folder)


def _fetch(target: Target, wish: Wish, bar: Bar) -> Status:
    try:
        status = plan(target, wish)
        if status.state is not State.WANTED or status.listing is None:
            return status
        entry = _entry(target, wish)
        found, cached = download(target, status.listing, entry, wish.out / target.folder, bar)
    except TermsError as error:
        return Status(target, State.TERMS, note=str(error))
    if entry is None and found.is_of(target.place):
        record(wish.lock, target.folder, found)
    return replace(status, state=State.CACHED if cached else State.FETCHED, listing=_listing_of(found))


def _entry(target: Target, wish: Wish) -> Entry | None:
    entry = read_lock(wish.lock).get(target.folder)
    return entry if entry is not None and entry.is_of(target.place) else None


def _is_as_locked(found: Entry, entry: Entry | None, place: Place, wish: Wish) -> bool:
    """Return whether a folder matches the lock file, or is acceptable without an entry there."""
    if entry is not None:
        return found.files == entry.files
    return not wish.again or (wish.mirror and not found.is_of(place))


def _listing(target: Target, entry: Entry | None, wish: Wish) -> Listing:
    """Return the paths to download: those of the lock file, else those that the place lists."""
    if entry is not None and not wish.mirror:
        return _listing_of(entry)
    pinned = entry.revision if entry else target.place.revision
    try:
        listing = look(target, pinned)
    except NoRevisionError:
        if not wish.mirror:
            raise
        listing = look(target, None)
    return replace(listing, files=_listing_of(entry).files) if entry else listing


def _listing_of(entry: Entry) -> Listing:
    return Listing(entry.revision, entry.licence, {path: known.size for path, known in entry.files.items()})


def _bring(target: Target, listing: Listing, path: str, entry: Entry | None, advance: Advance) -> tuple[Got, Known]:
    """Get one file, from the cache if it is there, and compare it with its expected hash and size."""
    place, work = target.place, work_folder(target)
    wanted = entry.files[path] if entry else None
    blobs = work / "blobs"
    if wanted is not None and (blobs / wanted.sha256).is_file():
        got = Got(blobs / wanted.sha256, cached=True)
    else:
        got = UPSTREAMS[place.kind].get(place, listing.revision, path, work, advance)
    found = _known(got.path)
    if wanted is not None and found != wanted:
        where = f"in {got.path}" if got.cached else f"at {listing.revision or place.address}"
        raise UserError(
            f"{place.address}: {path} {where} has {found.size:,} bytes and SHA-256 {found.sha256}, the lock file "
            f"{wanted.size:,} and {wanted.sha256}: nothing of {target.names} was taken; "
            + (f"remove {got.path}, and fetch again" if got.cached else "ask the publisher what changed")
        )
    if got.cached:
        advance(found.size)
    elif place.kind != "hub":
        blobs.mkdir(exist_ok=True)
        got = Got(got.path.replace(blobs / found.sha256), cached=False)
    return got, found


def _known(file: Path) -> Known:
    return Known(sha256(file), file.stat().st_size)


def _put(place: Place, path: str, file: Path, folder: Path) -> None:
    """Put a downloaded file into the folder, or the wanted members of an archive."""
    if place.members:
        unpack(file, f"{place.address}: {path}", place.wants_member, folder)
        return
    target = folder / path.removeprefix(place.below)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
