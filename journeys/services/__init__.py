"""Use cases of the journeys room."""
