"""Likes of repositories."""

from globmed.hub.storage.store import Reader, Repository, Writer, now


def like(store: Writer, repository: Repository, user: str) -> None:
    """Note that a user likes a repository; once is enough."""
    store.connection.execute("INSERT OR IGNORE INTO liked VALUES (?, ?, ?)", (repository.id, user, now()))


def unlike(store: Writer, repository: Repository, user: str) -> None:
    """Take a like back, if there is one."""
    store.connection.execute("DELETE FROM liked WHERE repository = ? AND user = ?", (repository.id, user))


def count(store: Reader, repository: Repository) -> int:
    """Return how many users like a repository."""
    row = store.connection.execute("SELECT count(*) FROM liked WHERE repository = ?", (repository.id,)).fetchone()
    return int(row[0])


def likers(store: Reader, repository: Repository) -> list[str]:
    """Return the names of the users who like a repository, the first ones first."""
    rows = store.connection.execute(
        "SELECT user FROM liked WHERE repository = ? ORDER BY created, user", (repository.id,)
    )
    return [str(user) for (user,) in rows]


def liked(store: Reader, user: str) -> list[tuple[Repository, str]]:
    """Return the repositories that a user likes, and since when, the latest first."""
    since = dict(store.connection.execute("SELECT repository, created FROM liked WHERE user = ?", (user,)).fetchall())
    found = [(each, str(since[each.id])) for each, _ in store.recent() if each.id in since]
    return sorted(found, key=lambda each: each[1], reverse=True)
