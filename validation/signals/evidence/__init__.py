"""Signals that need evidence besides the pair: a glossary, a back-translation, a learned model."""
