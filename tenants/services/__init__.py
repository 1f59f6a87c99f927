"""Use cases of the registry and the agenda."""
