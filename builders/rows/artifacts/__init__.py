"""The artifacts of stages: where each is kept, and when it is made anew."""
