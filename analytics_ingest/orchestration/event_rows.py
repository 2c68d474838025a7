"""Events of assets → the rows that Dagster stores for them.

A row holds its event as JSON, for which Dagster takes a tenth of a millisecond. A range has
thousands of materializations, which differ in their partition, their time and their counts. Here
the text of one serves all: what differs is put into it, exactly as Dagster would write it.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import dagster as dg
from dagster._core.events import ASSET_EVENTS, StepMaterializationData
from dagster._serdes import serialize_value

_METADATA_KEY = '"metadata_entries": ['
_PARTITION_KEY = '], "partition": '
_TIME_KEY = '"timestamp": '
_TIME = 0.0

_Entries = dict[Hashable, str]
_Template = tuple[str, str, str, str]
"""A text without its metadata, its partition and its time."""


def get_asset_and_type(event: dg.EventLogEntry) -> tuple[dg.AssetKey | None, str] | None:
    """Return the asset of an event, and its type; None if it is not an asset's."""
    stored = event.dagster_event
    if stored is None or stored.event_type not in ASSET_EVENTS:
        return None
    return stored.asset_key, stored.event_type_value


def build_rows(
    events: Sequence[dg.EventLogEntry], get_timestamp: Callable[[dg.EventLogEntry], object]
) -> Iterator[dict[str, Any]]:
    """Build the rows of events of one asset and type.

    Args:
        get_timestamp: Returns the time of an event as its column holds it.
    """
    asset = events[0].get_dagster_event().asset_key
    for event, text in zip(events, serialize_events(events), strict=True):
        stored = event.get_dagster_event()
        yield {
            "run_id": event.run_id,
            "event": text,
            "dagster_event_type": stored.event_type_value,
            "timestamp": get_timestamp(event),
            "step_key": stored.step_key,
            "asset_key": asset.to_string() if asset else None,
            "partition": stored.partition or None,
        }


def serialize_events(events: Iterable[dg.EventLogEntry]) -> Iterator[str]:
    """Serialize events as Dagster does."""
    alike: dg.EventLogEntry | None = None
    template: _Template = ("", "", "", "")
    entries: _Entries = {}
    for event in events:
        data = _find_data(event)
        if data is None:
            yield serialize_value(event)
            continue
        common = _replace(event, data, metadata={}, partition="")
        if common != alike:
            alike, template = common, _build_template(event, data)
        head, before_partition, before_time, tail = template
        facts = [_serialize_fact(*f, entries) for f in data.materialization.metadata.items()]
        partition, time = json.dumps(data.materialization.partition), json.dumps(event.timestamp)
        yield "".join(
            (head, ", ".join(facts), before_partition, partition, before_time, time, tail)
        )


def _find_data(event: dg.EventLogEntry) -> StepMaterializationData | None:
    """Find the data of the materialization of a partition; None for another event."""
    data = event.dagster_event.event_specific_data if event.dagster_event else None
    if not isinstance(data, StepMaterializationData):
        return None
    # Partitions of several dimensions have a type of their own.
    return data if type(data.materialization.partition) is str else None


def _replace(
    event: dg.EventLogEntry, data: StepMaterializationData, **fields: Any
) -> dg.EventLogEntry:
    """Replace fields of an event's materialization, and its time."""
    data = data._replace(materialization=data.materialization._replace(**fields))
    stored = event.get_dagster_event()._replace(event_specific_data=data)
    return event._replace(dagster_event=stored, timestamp=_TIME)


def _build_template(event: dg.EventLogEntry, data: StepMaterializationData) -> _Template:
    mark = uuid4().hex
    text = serialize_value(_replace(event, data, metadata={}, partition=mark))
    head, after = text.split(_PARTITION_KEY + json.dumps(mark))
    between, tail = after.rsplit(_TIME_KEY + json.dumps(_TIME), 1)
    return head, _PARTITION_KEY, between + _TIME_KEY, tail


def _serialize_fact(name: str, value: dg.MetadataValue, entries: _Entries) -> str:
    """Serialize one of the facts about a partition; the counts of most are the same."""
    if type(value.value) not in (int, bool):
        return _serialize_alone(name, value)
    # A number and a boolean can be equal.
    key = (name, type(value), type(value.value), value.value)
    if key not in entries:
        entries[key] = _serialize_alone(name, value)
    return entries[key]


def _serialize_alone(name: str, value: dg.MetadataValue) -> str:
    text = serialize_value(dg.AssetMaterialization("a", metadata={name: value}))
    return text.split(_METADATA_KEY, 1)[1].rsplit(_PARTITION_KEY, 1)[0]
