"""The feedback room's REST API: surveys, answers, complaints, metrics."""
