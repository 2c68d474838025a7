"""Paging, as the prose says."""
