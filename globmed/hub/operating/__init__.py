"""What an operator does with a storage folder: check it, free space, erase data."""
