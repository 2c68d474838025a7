"""What every layer below orchestration shares: errors, windows, cursors, JSONPaths, redaction."""
