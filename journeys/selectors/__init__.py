"""Reads of the journeys room."""
