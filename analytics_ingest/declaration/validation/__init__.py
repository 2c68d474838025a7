"""Refuses declarations that parse but cannot work."""
