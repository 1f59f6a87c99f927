"""The one-command stack: servers, web, workers, scheduler and mail inbox, started and stopped in order."""
