"""The Hub's routes by topic; each module has a table of its own."""

from globmed.hub.routes import (
    access,
    collections,
    commits,
    discussions,
    files,
    git,
    information,
    people,
    references,
    repositories,
    unsupported,
    xet,
)
from globmed.hub.serving.call import Route

ROUTES: tuple[Route, ...] = (
    # First: a word in these addresses would be taken for a repository's owner.
    *unsupported.ROUTES,
    *people.ROUTES,
    *xet.ROUTES,
    *collections.ROUTES,
    *access.ROUTES,
    *repositories.ROUTES,
    *information.ROUTES,
    *references.ROUTES,
    *commits.ROUTES,
    *discussions.ROUTES,
    *git.ROUTES,
    # Last: a file's address begins with the repository's name and would match other routes.
    *files.ROUTES,
)
