"""Benchmarks of review rounds."""
