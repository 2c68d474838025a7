"""Cursors and windows, as the prose says."""
