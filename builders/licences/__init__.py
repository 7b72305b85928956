"""The licence gate: what may be published where, under which licence, with which attribution."""
