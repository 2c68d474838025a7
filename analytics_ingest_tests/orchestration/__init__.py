"""Tests of what Dagster runs, on a real instance."""
