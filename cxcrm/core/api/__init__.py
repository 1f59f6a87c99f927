"""What every room's REST API is made of."""
