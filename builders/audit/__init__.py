"""The audit of upstream files: errors of the sources themselves are mended, left out or noted, and listed."""

# The sources first: their discovery imports the stage that uses this package.
import builders.sources  # noqa: F401
