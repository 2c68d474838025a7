"""The reference of all keys of a declaration."""
