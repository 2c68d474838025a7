"""The first pages of each resource, for a person to look at."""
