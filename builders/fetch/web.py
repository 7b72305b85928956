"""Single files at an address: a download that was cut off goes on where it stopped."""

from pathlib import Path
from urllib.parse import urlsplit

from builders.fetch.upstream import Advance, Got, Listing, check_online
from builders.sources.places import Place
from globmed.errors import UserError
from globmed.storage.files import write_text

SECONDS = 60
#: No source's archive is larger.
LARGEST = 16 << 30
PARTIAL_CONTENT, RANGE_NOT_SATISFIABLE = 206, 416


def look(place: Place, revision: str | None, work: Path) -> Listing:
    """Ask for the file's size; as `Upstream`."""
    import httpx2

    check_online(place)
    try:
        answer = httpx2.head(place.address, follow_redirects=True, timeout=SECONDS)
    except httpx2.HTTPError as error:
        raise _unreachable(place, error) from error
    stated = answer.headers.get("Content-Length", "")
    # Some servers answer no HEAD.
    size = int(stated) if answer.is_success and stated.isdecimal() else None
    return Listing(place.revision, None, {place.files[0]: size})


def get(place: Place, revision: str | None, path: str, work: Path, advance: Advance) -> Got:
    """Download the file below ``work``; as `Upstream`."""
    import httpx2

    check_online(place)
    work.mkdir(parents=True, exist_ok=True)
    partial, mark = work / f"{path}.partial", work / f"{path}.etag"
    tag = mark.read_text("utf-8") if mark.is_file() and partial.is_file() else ""
    have = partial.stat().st_size if tag else 0
    # Without an encoding a part of the bytes is a part of the file.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-", "If-Range": tag} if have else {})
    try:
        with httpx2.stream("GET", place.address, headers=headers, follow_redirects=True, timeout=SECONDS) as answer:
            goes_on = answer.status_code == PARTIAL_CONTENT
            if answer.status_code == RANGE_NOT_SATISFIABLE:
                mark.unlink()
            if not answer.is_success:
                raise UserError(f"{place.address} answered {answer.status_code}: check it in a browser, fetch again")
            if not goes_on:
                write_text(mark, answer.headers.get("ETag", ""))
            advance(have if goes_on else 0)
            with partial.open("ab" if goes_on else "wb") as file:
                for part in answer.iter_bytes():
                    file.write(part)
                    advance(len(part))
                    if file.tell() > LARGEST:
                        raise UserError(f"{place.address}: more than {LARGEST >> 30} GiB, expected one archive")
    except httpx2.HTTPError as error:
        raise _unreachable(place, error) from error
    mark.unlink(missing_ok=True)
    return Got(partial.replace(work / path), cached=False)


def _unreachable(place: Place, error: Exception) -> UserError:
    where = urlsplit(place.address).netloc
    return UserError(f"{where} cannot be reached ({type(error).__name__}): check address and network, and fetch again")
