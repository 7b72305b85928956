"""The life of a language: added to the list, looked at, removed while it was never released."""
