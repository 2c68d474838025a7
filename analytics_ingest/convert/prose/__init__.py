"""Reads the prose of a document: fields, keys, cursors and error handlers that sentences name."""
