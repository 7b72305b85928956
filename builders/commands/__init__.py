"""The pipeline's commands, registered with ``globmed`` through its entry point."""

import typer

from builders.commands import release
from builders.commands.audit import audit
from builders.commands.build import build, export
from builders.commands.fetch import fetch
from builders.commands.model import release_model
from builders.commands.sources import items, sources

BUILD = "Build a dataset from upstream files"
RELEASE = "Publish a version"
TRANSLATE = "Translate"
REVIEW = "Review translations"
LANGUAGES = "Add languages"


def register(app: typer.Typer) -> None:
    """Add the pipeline's commands to the command line."""
    app.command(rich_help_panel=BUILD)(sources)
    app.command(rich_help_panel=BUILD)(fetch)
    app.command(rich_help_panel=BUILD)(items)
    app.command(rich_help_panel=BUILD)(audit)
    app.command(rich_help_panel=BUILD)(build)
    app.command(rich_help_panel=TRANSLATE)(export)
    for command in release.COMMANDS:
        app.command(rich_help_panel=RELEASE)(command)
    app.command(rich_help_panel=RELEASE)(release_model)
    from builders.commands.pipeline import app as pipeline

    app.add_typer(pipeline, name="pipeline", rich_help_panel=RELEASE)
    from builders.commands.language import app as language

    app.add_typer(language, name="language", rich_help_panel=LANGUAGES)
    from builders.commands.translator import app as translator

    app.add_typer(translator, name="translator", rich_help_panel=TRANSLATE)
    from builders.commands.review import app as review

    app.add_typer(review, name="review", rich_help_panel=REVIEW)
