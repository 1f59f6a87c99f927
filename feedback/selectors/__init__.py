"""Reads of the feedback room."""
