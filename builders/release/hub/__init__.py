"""The Hub: which one, the repository on it, and how a folder becomes the contents of main."""
