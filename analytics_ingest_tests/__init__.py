"""Tests of analytics_ingest: real sockets, real DuckDB files, real Dagster instances."""
