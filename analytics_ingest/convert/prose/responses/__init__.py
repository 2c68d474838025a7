"""Statements on responses: where the rows are, in which format, and what errors mean."""
