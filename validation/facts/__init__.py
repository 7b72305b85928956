"""Facts: tables made once from the rows, which the suites query."""
