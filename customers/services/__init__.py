"""What can be done to customers, their consents, their timeline and their files."""
