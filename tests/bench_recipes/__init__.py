"""Tests of the evaluation recipes."""
