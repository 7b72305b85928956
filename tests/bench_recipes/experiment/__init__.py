"""Experiments: real runs of a tiny model on the sample's version."""
