"""Records: the JSON files that cross a border between programs, versions or machines, as dataclasses."""
