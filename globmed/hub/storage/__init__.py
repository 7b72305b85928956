"""What the server keeps: blobs by content, and repositories in SQLite."""
