"""The life cycle of a language: added to the list, inspected, and removed as long as it was never released."""
