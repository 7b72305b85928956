"""The corpora that benchmarks read or make up."""
