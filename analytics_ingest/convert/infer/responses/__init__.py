"""How responses are read, as the prose says."""
