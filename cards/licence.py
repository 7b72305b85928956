"""The page on the licence and citation of a source: a file of ``LICENSES/``."""

from cards import TEMPLATES
from cards.figures import SourceFigures
from globmed.render.page import render


def licence_page(source: SourceFigures) -> str:
    """Return the text of ``LICENSES/<source>.md``."""
    return render("licence.md.jinja", {"source": source}, TEMPLATES)
