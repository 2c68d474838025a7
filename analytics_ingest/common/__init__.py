"""What all layers share: errors, windows, cursors, JSONPaths, expressions, redaction, settings."""
