"""Tokens and permissions: read from a file, compared in constant time and never logged."""

import base64
import binascii
import hmac
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from globmed.errors import UserError
from globmed.hub.errors import HubError
from globmed.storage.lines import split_lines

DEFAULT_USER = "globmed"
MIN_LENGTH = 16


@dataclass(frozen=True, slots=True)
class User:
    """A caller who showed a valid token; a writer may write to every repository of this Hub."""

    name: str
    role: Literal["read", "write"]
    token: str = field(repr=False)


class Tokens:
    """The tokens that a server knows."""

    def __init__(self, users: Iterable[User]) -> None:
        self._users = tuple(users)

    def user(self, authorization: str | None) -> User | None:
        """Return the caller of an ``Authorization`` header, None without one; 401 for an unknown token."""
        if not authorization:
            return None
        scheme, _, value = authorization.partition(" ")
        token = _password(value) if scheme.lower() == "basic" else value.strip()
        found = None
        for user in self._users:
            if hmac.compare_digest(user.token.encode(), token.encode("utf-8", "surrogateescape")):
                found = user
        if found is None:
            raise HubError(401, "Invalid credentials in Authorization header")
        return found


def read_tokens(path: Path) -> Tokens:
    """Read the tokens of a file: one per line, ``name token`` or ``name token read``; ``#`` begins a comment.

    Raises:
        UserError: unreadable, readable by others than its owner, or a malformed line (never quoted).
    """
    try:
        mode = path.stat().st_mode
        lines = split_lines(path.read_text("utf-8-sig"))
    except (OSError, UnicodeError) as error:
        raise UserError(
            f"{path}: cannot be read ({type(error).__name__}); name a file with a line `name token` each"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UserError(f"{path}: others than its owner can read it; run `chmod 600 {path}`")
    users = [_user(path, number, line) for number, line in enumerate(lines, 1) if line.partition("#")[0].strip()]
    if not users:
        raise UserError(f"{path}: no token in it; write a line `name token`")
    if len({user.token for user in users}) < len(users):
        raise UserError(f"{path}: a token occurs twice; give every user their own")
    return Tokens(users)


def own_tokens(path: Path) -> Tokens:
    """Return a server's default token file: one writer, created at the first start, readable only by its owner."""
    if not path.is_file():
        temporary = path.with_name(f".{path.name}.partial")
        temporary.unlink(missing_ok=True)
        temporary.touch(mode=0o600)
        temporary.write_text(f"{DEFAULT_USER} hf_{secrets.token_hex(20)}\n", "ascii")
        temporary.rename(path)
    return read_tokens(path)


def first_token(path: Path) -> str:
    """Return the first writer's token in a file, for the project's own commands.

    Raises:
        UserError: as `read_tokens`, or no token may write.
    """
    for line in split_lines(path.read_text("utf-8-sig")):
        parts = line.partition("#")[0].split()
        if len(parts) == 2:
            return parts[1]
    raise UserError(f"{path}: no token that may write; add a line `name token`")


def _user(path: Path, number: int, line: str) -> User:
    parts = line.partition("#")[0].split()
    well_formed = len(parts) == 2 or (len(parts) == 3 and parts[2] in ("read", "write"))
    if not well_formed or len(parts[1]) < MIN_LENGTH:
        raise UserError(
            f"{path}, line {number}: expected `name token` or `name token read`, with {MIN_LENGTH} or more characters "
            "in the token"
        )
    return User(parts[0], "read" if parts[2:] == ["read"] else "write", parts[1])


def _password(encoded: str) -> str:
    """Return the password of HTTP basic authentication: git and LFS clients send the token there."""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "surrogateescape").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
