"""Benchmarks of validation: signals, suites and duplicates."""
