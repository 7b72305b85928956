"""Repositories as git reads them: written for it on request, and sent by git's own program."""
