"""Decisions about time and people on plain values: business hours, ladders and legal deadlines."""
