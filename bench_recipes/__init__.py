"""Recipes that evaluate models on published versions; they import `globmed` alone."""
