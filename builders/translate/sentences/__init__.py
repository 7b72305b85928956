"""Sentences: segments split into what is translated and what is copied."""
