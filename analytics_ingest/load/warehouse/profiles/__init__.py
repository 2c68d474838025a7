"""The rows of tables, counted for the checks."""
