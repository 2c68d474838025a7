"""What becomes of rows: which are loaded, in columns of which types, in which files."""
