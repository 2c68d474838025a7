"""Processes end without a word of DuckDB's, frozen or not."""

import subprocess
import sys

import pytest

LOADED = "from analytics_ingest.definitions import defs; defs()"


@pytest.mark.parametrize("first", ["import duckdb", "import dlt"])
def test_no_leaks_are_reported_where_the_definitions_are_loaded(first: str) -> None:
    command = [sys.executable, "-c", f"{first}; {LOADED}; import duckdb"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "nanobind" not in ran.stderr
