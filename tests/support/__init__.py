"""Things tests need that are not fixtures."""
