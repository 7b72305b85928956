"""Signals of translation quality: each compares a column of texts with their translations."""
