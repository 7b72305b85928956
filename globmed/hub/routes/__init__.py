"""The Hub's routes by topic; each module has a table of its own."""

from globmed.hub.routes import commits, discussions, files, information, references, repositories
from globmed.hub.serving.call import Route

ROUTES: tuple[Route, ...] = (
    *repositories.ROUTES,
    *information.ROUTES,
    *references.ROUTES,
    *commits.ROUTES,
    *discussions.ROUTES,
    # Last: a file's address begins with the repository's name and would match other routes.
    *files.ROUTES,
)
