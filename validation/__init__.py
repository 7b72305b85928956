"""Checks that a candidate release has to pass."""
