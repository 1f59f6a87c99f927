"""The public host: what this is, and how a firm begins."""
