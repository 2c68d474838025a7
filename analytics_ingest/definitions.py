"""The code location: every API in the `defs` folder, and what they share."""

from pathlib import Path

import dagster as dg

from analytics_ingest.components.code_location import load_code_location


@dg.definitions
def defs() -> dg.Definitions:
    """Load all declarations and add what they share."""
    return load_code_location(Path(__file__).parent)
