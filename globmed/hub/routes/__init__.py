"""The Hub's routes by topic; each module has a table of its own."""

from globmed.hub.call import Route
from globmed.hub.routes import commits, discussions, files, references, repositories

ROUTES: tuple[Route, ...] = (
    *repositories.ROUTES,
    *references.ROUTES,
    *commits.ROUTES,
    *discussions.ROUTES,
    # Last: a file's address begins with the repository's name and would match other routes.
    *files.ROUTES,
)
