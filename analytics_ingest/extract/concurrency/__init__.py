"""How many requests an API is asked at once by all runs together, and where that is kept."""
