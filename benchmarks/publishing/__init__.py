"""Benchmarks of the pipeline from upstream files to a published version."""
