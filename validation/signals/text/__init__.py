"""Signals about the text as a whole."""
