"""Score answers: letters and labels; `globmed.metrics` scores long ones."""
