"""Statistics over the results of several runs; every module computes one kind of table."""
