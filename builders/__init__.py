"""The pipeline: upstream files to items, translated rows, and a release."""
