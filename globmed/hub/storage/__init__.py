"""The server's storage: blobs by content, and repositories in SQLite."""
