"""Files that are written whole or not at all, and DuckDB queries over them."""
