"""Conversations as a model is trained on them: its chat template, checked, and which of them fit as a whole."""
