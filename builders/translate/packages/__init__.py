"""Translation packages: made, installed, listed and measured."""
