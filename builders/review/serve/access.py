"""Access control: one link per rater, of whose token only the hash is stored."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.review.round import Round
from globmed.errors import UserError, did_you_mean
from globmed.storage.files import sha256_text, write_text
from globmed.storage.lock import locked

INVITATIONS = "invitations.json"
BYTES = 32


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A rater of a language."""

    config: str
    rater: str


def invite(round_: Round, raters: Sequence[str] = ()) -> dict[Reviewer, str]:
    """Create new tokens for the raters (all by default); their older ones become invalid.

    Raises:
        UserError: no round there, no rater of that name in it, or another process is using it.
    """
    assigned = round_.read_assignments().select("config", "rater").unique().sort("config", "rater")
    everybody = [Reviewer(*row) for row in assigned.iter_rows()]
    known = sorted({reviewer.rater for reviewer in everybody})
    for rater in raters:
        if rater not in known:
            near = did_you_mean(rater, known)
            raise UserError(f"no rater {rater!r} in {round_.root}; known: {', '.join(known)}{near}")
    invited = [reviewer for reviewer in everybody if not raters or reviewer.rater in raters]
    tokens = {reviewer: secrets.token_urlsafe(BYTES) for reviewer in invited}
    with locked(round_.root):
        kept = {key: reviewer for key, reviewer in invitations(round_).items() if reviewer not in tokens}
        kept |= {_hash(token): reviewer for reviewer, token in tokens.items()}
        path = round_.root / INVITATIONS
        rows = {key: [each.config, each.rater] for key, each in kept.items()}
        write_text(path, json.dumps(rows, indent=1, sort_keys=True) + "\n")
    return tokens


def invitations(round_: Round) -> dict[str, Reviewer]:
    """Return the reviewers by the hash of their token; none before the first invitation."""
    path: Path = round_.root / INVITATIONS
    if not path.is_file():
        return {}
    return {key: Reviewer(*names) for key, names in json.loads(path.read_text("utf-8")).items()}


def find_reviewer(round_: Round, token: str) -> Reviewer | None:
    """Return the reviewer with a token; it is looked up by its hash, so that timing reveals nothing about it."""
    return invitations(round_).get(_hash(token))


def _hash(token: str) -> str:
    # The token has 256 random bits and cannot be guessed, so a slow hash would add nothing.
    return sha256_text(token)
