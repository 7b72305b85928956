"""The addresses of pages."""

from globmed.hub.pages import commits, discussions, files, index, repository
from globmed.hub.pages.rows import item, table
from globmed.hub.serving.call import Route

ROUTES: tuple[Route, ...] = (
    # First: nobody's name is one of these.
    *index.ROUTES,
    *files.ROUTES,
    *commits.ROUTES,
    *discussions.ROUTES,
    *table.ROUTES,
    *item.ROUTES,
    *repository.ROUTES,
)
