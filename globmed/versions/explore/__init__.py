"""``globmed explore``: a page to look at a version, served here or pushed to the Hub as a static Space.

The page is static: its scripts read the version's Parquet files by range requests. All that is made for it are two
small tables of what rows are filtered by.
"""
