"""Differences between versions: rows added, removed, moved or changed."""
