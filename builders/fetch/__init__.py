"""Fetch every source's files from where they are published, at a pinned revision, verified by their hashes."""
