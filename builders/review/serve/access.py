"""Who may see what: a link a rater, of whose token only the hash is kept."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.review.round import Round
from globmed.errors import UserError
from globmed.storage.files import sha256_text, write_text

INVITATIONS = "invitations.json"
BYTES = 32


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A rater of a language."""

    config: str
    rater: str


def invite(round_: Round, raters: Sequence[str] = ()) -> dict[Reviewer, str]:
    """New tokens for the raters (all by default); older ones of theirs no longer open anything.

    Raises:
        UserError: no round there, or nobody of that name in it.
    """
    assigned = round_.read_assignments().select("config", "rater").unique().sort("config", "rater")
    everybody = [Reviewer(*row) for row in assigned.iter_rows()]
    unknown = set(raters) - {reviewer.rater for reviewer in everybody}
    if unknown:
        known = ", ".join(sorted({reviewer.rater for reviewer in everybody}))
        raise UserError(f"no rater {sorted(unknown)[0]!r} in {round_.root}; known: {known}")
    invited = [reviewer for reviewer in everybody if not raters or reviewer.rater in raters]
    tokens = {reviewer: secrets.token_urlsafe(BYTES) for reviewer in invited}
    kept = {key: reviewer for key, reviewer in invitations(round_).items() if reviewer not in tokens}
    kept |= {_hash(token): reviewer for reviewer, token in tokens.items()}
    path = round_.root / INVITATIONS
    rows = {key: [each.config, each.rater] for key, each in kept.items()}
    write_text(path, json.dumps(rows, indent=1, sort_keys=True) + "\n")
    return tokens


def invitations(round_: Round) -> dict[str, Reviewer]:
    """The reviewers by the hash of their token; nobody before the first invitation."""
    path: Path = round_.root / INVITATIONS
    if not path.is_file():
        return {}
    return {key: Reviewer(*names) for key, names in json.loads(path.read_text("utf-8")).items()}


def find_reviewer(round_: Round, token: str) -> Reviewer | None:
    """Whose token it is; looked up by its hash, so that timing tells nothing of the token."""
    return invitations(round_).get(_hash(token))


def _hash(token: str) -> str:
    # The token has 256 random bits: nobody finds it by trying, so a slow hash would add nothing.
    return sha256_text(token)
