"""Published versions: their numbers, and how one is found and loaded."""
