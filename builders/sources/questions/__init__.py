"""Questions that are answered by yes or no, or at length."""
