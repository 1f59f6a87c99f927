"""Use cases of the staff room."""
