"""The Hub: access, the repository on it, and the publication of a folder to main."""
