"""Rows that the API has deleted: marked or removed after a load."""
