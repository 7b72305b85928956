"""Recipes that fine-tune models on published versions; they import only `globmed`."""
