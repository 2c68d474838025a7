"""Jinja expressions of a declaration: their syntax, and a sandbox to evaluate them."""
