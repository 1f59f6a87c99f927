"""The local mail inbox: an SMTP sink and a page to read what it took, on this machine only."""
