"""Reads of the staff room."""
