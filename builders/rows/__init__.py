"""The build: the list of its stages, from upstream files to the rows of every language."""
