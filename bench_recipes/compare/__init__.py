"""Statistics over the results of several runs; every module makes one kind of table."""
