"""Inference: whether a hypothesis follows from its premise."""
