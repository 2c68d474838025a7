"""The demo: a local sample of all five APIs, and the command that loads it."""
