"""The texts of events are Dagster's, character by character."""

from collections.abc import Sequence
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import StepMaterializationData
from dagster._serdes import serialize_value

from analytics_ingest.orchestration.event_rows import serialize_events
from analytics_ingest_tests.support.event_logs import OTHER_RUN, entry, materialized, observed


def of_partition(
    partition: str | None, second: float = 0, run_id: str | None = None, **fields: Any
) -> dg.EventLogEntry:
    """The materialization of a partition, with some fields of its own."""
    event = materialized("a", partition)
    own = fields.pop("materialization", {})
    one = event.step_materialization_data.materialization._replace(**own)
    event = event._replace(event_specific_data=StepMaterializationData(one), **fields)
    stored = entry(event)
    moment = stored.timestamp + second
    return stored._replace(timestamp=moment, run_id=run_id or stored.run_id)


def with_metadata(**metadata: Any) -> dg.EventLogEntry:
    values = dg.AssetMaterialization("a", metadata=metadata).metadata
    return of_partition("2026-01-01", materialization={"metadata": values})


CASES = {
    "days": [of_partition(f"2026-01-0{n}", n) for n in range(1, 9)],
    "times of a fraction, and of none": [of_partition("x", s) for s in (0, 0.25, 1e-6, 0.1 + 0.2)],
    "counts that are equal, of other types": [
        with_metadata(rows=1),
        with_metadata(rows=True),
        with_metadata(rows=1.0),
        with_metadata(rows=1),
        with_metadata(rows=0),
        with_metadata(rows=False),
    ],
    "metadata of other names, and none": [
        with_metadata(rows=1, others=2),
        with_metadata(others=1, rows=2),
        with_metadata(),
        with_metadata(rows=1),
    ],
    "metadata of every type": [
        with_metadata(
            text="a", url=dg.MetadataValue.url("https://a.b"), none=dg.MetadataValue.null()
        ),
        with_metadata(
            json=[1, {"a": [None, True]}],
            asset=dg.MetadataValue.asset(dg.AssetKey(["a", "b"])),
            schema=dg.TableSchema([dg.TableColumn("id", "bigint")]),
            moment=dg.MetadataValue.timestamp(1_767_600_000.0),
        ),
        with_metadata(nan=float("nan"), big=2**70, small=-1),
    ],
    "texts that look like the text of an event": [
        with_metadata(text='"metadata_entries": [], "partition": null, "timestamp": 0.0'),
        with_metadata(**{'], "partition": "': '"metadata_entries": ['}),
        of_partition('], "partition": "'),
        of_partition("2026-01-01", message='"timestamp": 0.0', logging_tags={"timestamp": "0.0"}),
    ],
    "keys of other scripts": [
        of_partition("données"),
        of_partition("日\n\t\\"),
        of_partition("é|b"),
    ],
    "several dimensions": [
        of_partition(dg.MultiPartitionKey({"day": f"2026-01-0{n}", "place": "x"})) for n in (1, 2)
    ],
    "partitions and none": [
        of_partition("x"),
        of_partition(None),
        of_partition(""),
        of_partition("y"),
    ],
    "other tags, descriptions, runs and steps between": [
        of_partition("x"),
        of_partition("y", materialization={"tags": {"dagster/data_version": "9"}}),
        of_partition("z", materialization={"tags": {}}),
        of_partition("x", materialization={"description": "a"}),
        of_partition("x", run_id=OTHER_RUN),
        of_partition("x", pid=7),
        of_partition("x", logging_tags={"op_name": "b"}),
        of_partition("x"),
    ],
    "observations and lines of a log": [
        entry(observed("a", "x")),
        of_partition("x"),
        entry(None),
        of_partition("y"),
        entry(observed("a", "y")),
    ],
    "no event": [],
}


@pytest.mark.parametrize("events", CASES.values(), ids=CASES)
def test_events_are_serialized_as_dagster_serializes_them(
    events: Sequence[dg.EventLogEntry],
) -> None:
    assert list(serialize_events(events)) == [serialize_value(event) for event in events]
