"""Use cases of the workflows room."""
