"""Benchmarks of GlobMed-Bench: asking, statistics and the report."""
