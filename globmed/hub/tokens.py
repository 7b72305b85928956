"""Tokens and permissions: read from a file, compared in constant time and never logged.

A line is ``name token``, with all permissions, or ``name token grant ...``; a grant is a role, or ``role:owner`` or
``role:owner/name`` for a part of the repositories. Public repositories need no token.
"""

import base64
import binascii
import hmac
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from globmed.errors import UserError
from globmed.hub.errors import HubError
from globmed.storage.lines import split_lines

DEFAULT_USER = "globmed"
MIN_LENGTH = 16
_FORM = "`name token` or `name token ROLE[:owner[/name]] ...` with the roles read, discuss, write and admin"
_SCOPE = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)?")


class Role(IntEnum):
    """The permissions of a token in a repository; each role includes those before it.

    ``read``: read, open discussions and comment. ``discuss``: open pull requests and commit to one's own. ``write``:
    create repositories, commit, branch, tag and merge. ``admin``: rename and delete repositories, and change who may
    read them.
    """

    READ = 1
    DISCUSS = 2
    WRITE = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in every repository, in those of an owner, or in one (``owner/name``)."""

    role: Role
    scope: str = ""

    def covers(self, name: str) -> bool:
        """Return whether a repository of this name is in the scope; case is ignored, as in names."""
        name, scope = name.lower(), self.scope.lower()
        return scope in ("", name, name.partition("/")[0])


@dataclass(frozen=True, slots=True)
class User:
    """A caller who showed a valid token, and what it grants."""

    name: str
    grants: tuple[Grant, ...]
    token: str = field(repr=False)

    def may(self, role: Role, name: str | None = None) -> bool:
        """Return whether the token has a role in a repository; in any at all if none is named."""
        return any(grant.role >= role and (name is None or grant.covers(name)) for grant in self.grants)


class Tokens:
    """The tokens that a server knows."""

    def __init__(self, users: Iterable[User]) -> None:
        self.users = tuple(users)

    def user(self, authorization: str | None) -> User | None:
        """Return the caller of an ``Authorization`` header, None without one; 401 for an unknown token."""
        if not authorization:
            return None
        scheme, _, value = authorization.partition(" ")
        token = _password(value) if scheme.lower() == "basic" else value.strip()
        found = None
        for user in self.users:
            if hmac.compare_digest(user.token.encode(), token.encode("utf-8", "surrogateescape")):
                found = user
        if found is None:
            raise HubError(401, "Invalid credentials in Authorization header")
        return found


def read_tokens(path: Path) -> Tokens:
    """Read the tokens of a file: one per line; ``#`` begins a comment.

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
    """Return the first token in a file that may write everywhere, for the project's own commands.

    Raises:
        UserError: as `read_tokens`, or no token may.
    """
    for user in read_tokens(path).users:
        if any(grant.role >= Role.WRITE and not grant.scope for grant in user.grants):
            return user.token
    raise UserError(f"{path}: no token that may write everywhere; add a line `name token`")


def _user(path: Path, number: int, line: str) -> User:
    name, token, *words = [*line.partition("#")[0].split(), "", ""]
    grants = [_grant(word) for word in words if word]
    if len(token) < MIN_LENGTH or None in grants:
        raise UserError(f"{path}, line {number}: expected {_FORM}, and {MIN_LENGTH} or more characters in the token")
    given = tuple(grant for grant in grants if grant is not None)
    return User(name, given or (Grant(Role.ADMIN),), token)


def _grant(word: str) -> Grant | None:
    role, colon, scope = word.partition(":")
    if role not in ("read", "discuss", "write", "admin") or (colon and not _SCOPE.fullmatch(scope)):
        return None
    return Grant(Role[role.upper()], scope)


def _password(encoded: str) -> str:
    """Return the password of HTTP basic authentication: git and LFS clients send the token there."""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "surrogateescape").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
