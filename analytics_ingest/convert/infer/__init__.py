"""Completes a configuration: parents, keys, cursors and what only the prose says of them."""
