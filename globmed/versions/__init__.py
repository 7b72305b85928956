"""Published versions: their numbers, and how one is found and loaded."""

#: The project's own dataset on the Hub.
REPOSITORY = "globmed/GlobMed"
