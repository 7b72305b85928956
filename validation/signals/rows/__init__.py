"""Signals about rows as a whole: their options, and whether source and translation belong together."""
