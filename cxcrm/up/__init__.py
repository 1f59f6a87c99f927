"""The one-command stack: PostgreSQL, Valkey, web server, workers, scheduler and mail inbox started and stopped in order."""
