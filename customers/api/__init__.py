"""The customers room's REST API: customers, consents, timeline, imports."""
