"""Examinations: multiple-choice questions with a key."""
