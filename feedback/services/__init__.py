"""Use cases of the feedback room."""
