"""Rows of a published version for training."""
