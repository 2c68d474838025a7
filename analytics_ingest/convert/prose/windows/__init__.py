"""Statements on incremental loads: cursors, windows, and how times are written."""
