"""Tests of the warehouses other than DuckDB: each the real thing, as far as one runs here."""
