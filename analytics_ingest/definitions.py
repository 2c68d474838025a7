"""The code location: every API in the `defs` folder, the executor and the sensors."""

from pathlib import Path

import dagster as dg

from analytics_ingest.components.code_location import load_code_location


@dg.definitions
def defs() -> dg.Definitions:
    """Load all declarations, the executor and the sensors."""
    return load_code_location(Path(__file__).parent)
