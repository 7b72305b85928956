"""Measurements against real data and planted faults; each prints its table."""
