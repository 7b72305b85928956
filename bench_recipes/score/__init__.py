"""Score answers: letters and labels, and long answers."""
