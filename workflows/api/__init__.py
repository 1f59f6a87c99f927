"""The workflows room's REST API: clocks, ladders, alerts, messages, the audit log and how time is set up."""
