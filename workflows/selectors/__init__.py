"""What the workflows room can look up."""
