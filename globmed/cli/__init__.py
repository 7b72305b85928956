"""The command line, ``globmed``."""
