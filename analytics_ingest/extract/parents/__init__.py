"""Which rows of a parent open listings of its children."""
