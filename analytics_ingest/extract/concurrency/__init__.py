"""How many requests may be in flight to an API: in one load, and in all runs together."""
