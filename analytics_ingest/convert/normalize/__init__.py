"""Brings what a document configures into the form of a declaration, without secrets and code."""
