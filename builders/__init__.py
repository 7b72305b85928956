"""The pipeline: from upstream files to items, translated rows and a release."""
