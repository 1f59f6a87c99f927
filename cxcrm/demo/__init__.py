"""Two invented firms to look at, and a story that plays the main job on running servers."""
