"""Decisions about feedback on plain values: metrics, answers, complaints and their severity."""
