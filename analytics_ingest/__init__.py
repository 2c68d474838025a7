"""Loads REST APIs into a warehouse: declarations in `defs`, run by Dagster, loaded by dlt."""
