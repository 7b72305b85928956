"""Signals about numbers, units and comparisons."""
