"""Statements on rows: which are loaded, and how their fields change."""
