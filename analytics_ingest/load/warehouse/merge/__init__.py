"""What a load replaces: rows, windows of rows, and versions of rows."""
