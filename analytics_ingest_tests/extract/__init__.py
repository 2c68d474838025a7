"""Tests of the loading layer: rows served on a real socket, requests seen, rows in DuckDB."""
