"""Benchmarks of translation: sentences, packages, speed, and what is fitted for them."""
