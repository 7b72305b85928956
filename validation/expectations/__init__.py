"""Great Expectations: the run of the suites, its Data Docs and plots."""
