"""Releases: candidates, their publication, and the verification of published versions."""
