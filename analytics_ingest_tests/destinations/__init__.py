"""Tests of the warehouses other than DuckDB, on a real one wherever it can run here."""
