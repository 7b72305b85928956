"""Operations on a storage folder: check it, free space, erase data."""
