"""Loads REST APIs into a warehouse: declarations in `defs`, run by Dagster, loaded by dlt."""

from pathlib import Path

DEFS = Path(__file__).with_name("defs")
"""The folder that holds a folder for each API."""
