"""Ask a model the items of a version, and keep its answers."""
