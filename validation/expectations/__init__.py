"""Great Expectations: the run of the suites, its verdict, Data Docs and plots."""
