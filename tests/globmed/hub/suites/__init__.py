"""The clients' own test suites, run against a Hub: ``python -m tests.globmed.hub.suites``."""
