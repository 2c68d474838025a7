"""Statements on the fields of rows, and on keys."""
