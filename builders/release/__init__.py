"""Releases: candidates, their publication, and the proof of what was published."""
