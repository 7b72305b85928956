"""The licence gate: which texts may be published where, under which licence, with which attribution."""
