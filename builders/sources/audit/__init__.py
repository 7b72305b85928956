"""The audit of upstream files: errors of the sources themselves are mended, left out or noted, and listed."""
