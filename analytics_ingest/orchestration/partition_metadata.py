"""What the materializations of a run over partitions record: one event for each partition.

An event counts the rows of its partition. The facts about the whole run are in the event of its
last partition only: there they are found, and plots of them show each run once.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.extract.partition_rows import PartitionRows
from analytics_ingest.orchestration.partitions import LoadedWindow

COUNTS = ("rows_loaded", "rows_outside", "rows_rejected")
"""Counts of each partition; where a run has several, those of the run have a prefix."""

OF_RUN = "run_"

PARTITION_ROWS = "dagster/partition_row_count"


def describe_partitions(
    loaded: LoadedWindow,
    rows: PartitionRows,
    facts: Mapping[str, Any],
    earlier: Mapping[str | None, Mapping[str, Any]],
) -> dict[str, Mapping[str, Any]]:
    """Return the metadata of the event of each partition.

    Args:
        facts: What is known of the whole run.
        earlier: What failed attempts have recorded of partitions that the run does not repeat. The
            run's counts include it.
    """
    counted, described = set(rows.starts), dict[str, Mapping[str, Any]]()
    for (key, window), start in zip(loaded.partitions.items(), loaded.starts, strict=True):
        described[key] = earlier.get(key, {})
        if start in counted:
            described[key] = {
                "rows_loaded": rows.loaded[start],
                "rows_outside": rows.outside[start],
                "rows_rejected": rows.rejected[start],
                PARTITION_ROWS: rows.inside[start],
                "is_complete": window.end <= loaded.started,
            }
    *others, last = described
    if all(name in counts for counts in described.values() for name in COUNTS):
        sums = {name: sum(c[name] for c in described.values()) for name in COUNTS}
        facts = {**facts, **sums}
    if others:
        facts = {OF_RUN + name if name in COUNTS else name: fact for name, fact in facts.items()}
    return {**described, last: {**facts, **described[last]}}


def read_run_count(metadata: Mapping[str, Any], name: str) -> Any:
    """Read a count of a whole run, from the metadata of its last event; 0 if it is not there."""
    return metadata.get(OF_RUN + name, metadata.get(name, 0))
