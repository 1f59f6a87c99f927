"""Decisions of the staff room on plain values."""
