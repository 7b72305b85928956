"""Pages of rows: a table of them, and one item in all its languages."""
