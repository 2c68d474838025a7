"""The code location: every API in the `defs` folder, and what they share."""

from pathlib import Path

import dagster as dg

from analytics_ingest.orchestration.executor import configured_executor
from analytics_ingest.orchestration.sensors import build_sensors


@dg.definitions
def defs() -> dg.Definitions:
    """Load all declarations and add what they share."""
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(executor=configured_executor(), sensors=build_sensors()),
    )
