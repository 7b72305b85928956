"""Layouts: how a published file, whatever its format, becomes records that a parser knows."""
