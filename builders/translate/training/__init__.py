"""Training of small translation models from parallel text."""
