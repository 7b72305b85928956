"""Signals that need evidence beside the pair: a glossary, a translation back, a learned model."""
