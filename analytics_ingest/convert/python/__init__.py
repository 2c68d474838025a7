"""Reads the code of a document as data: dicts, references and what only Python could evaluate."""
