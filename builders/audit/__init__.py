"""The audit of upstream files: what is wrong in a source itself is mended, left out or noted, and listed."""

# The sources first: their discovery imports the stage that uses this package.
import builders.sources  # noqa: F401
