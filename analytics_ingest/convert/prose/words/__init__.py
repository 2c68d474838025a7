"""The words that statements are made of: types, rows, settings."""
