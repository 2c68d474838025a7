"""Where partitions begin: the dates that a document gives its cursors to start from."""

import re
from datetime import date, timedelta
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.declaration.airbyte.incremental_sync import start_date

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_STEPS = ("PT1H", "P1D", "P1W", "P7D", "P1M")
_MOST_PARTITIONS = 4000
"""Ten years of days; each costs Dagster events of its own."""

_DAYS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30}
_OF_THE_WINDOW = ("initial_value", "end_value")
_LAG = re.compile(r"\d+")

Json = dict[str, Any]


def with_partitions(api: Json, notes: ConversionLog) -> Json:
    """Take the starts of cursors out of their blocks and begin the partitions there."""
    dates: list[str] = []
    for resource, cursor in _cursors(api):
        for key in [key for key in _OF_THE_WINDOW if key in cursor]:
            written = cursor.pop(key)
            found = _DATE.match(str(written))
            if key == "initial_value" and found:
                dates.append(found[0])
            elif key == "initial_value":
                notes.assume(resource, "its first value is no date: partitions.start decides")
    for resource, sync in _syncs(api):
        _tell(resource, sync, notes)
    if not dates or "start" in _partitions(api):
        return api
    notes.assume(None, f"partitions begin on {min(dates)}, the first value of a cursor")
    return {**api, "partitions": {"start": min(dates), **_partitions(api)}}


def with_few_partitions(api: Json, notes: ConversionLog, today: date) -> Json:
    """Leave out a start with which there were too many partitions to keep, or none."""
    partitions = _partitions(api)
    try:
        start = date.fromisoformat(str(partitions.get("start")))
    except ValueError:
        return api
    days = _DAYS.get(partitions.get("every", "daily"), 1)
    if start <= today and (today - start) / timedelta(days=days) <= _MOST_PARTITIONS:
        return api
    rest = {key: value for key, value in partitions.items() if key != "start"}
    told = f"partitions do not begin on {start} as written: the first one holds all older rows"
    notes.assume(None, told)
    clean = {key: value for key, value in api.items() if key != "partitions"}
    return {**clean, "partitions": rest} if rest else clean


def _cursors(api: Json) -> list[tuple[str | None, Json]]:
    """All blocks in dlt's form of a cursor."""
    found: list[tuple[str | None, Json]] = []
    for holder in (api.get("resource_defaults", {}), *api["resources"]):
        endpoint = holder.get("endpoint", {})
        params = endpoint.get("params") or {}
        values = params.values() if isinstance(params, dict) else ()
        for block in (endpoint.get("incremental"), *values):
            is_cursor = block is endpoint.get("incremental") or (
                isinstance(block, dict) and block.get("type") == "incremental"
            )
            if isinstance(block, dict) and is_cursor:
                if block is endpoint.get("incremental"):
                    block.pop("type", None)
                if _LAG.fullmatch(str(block.get("lag"))):
                    block["lookback"] = f"{block.pop('lag')}s"
                found.append((holder.get("name"), block))
    return found


def _syncs(api: Json) -> list[tuple[str | None, Json]]:
    holders = [api.get("resource_defaults", {}), *api["resources"]]
    found = [
        (holder.get("name"), block.get("incremental_sync"))
        for holder in holders
        for block in (holder, holder.get("endpoint", {}))
    ]
    return [(name, sync) for name, sync in found if isinstance(sync, dict)]


def _tell(resource: str | None, sync: Json, notes: ConversionLog) -> None:
    if sync.get("start_datetime") is not None and start_date(sync) is None:
        notes.assume(resource, "start_datetime is no date: partitions.start decides")
    if sync.get("step") and str(sync["step"]) not in _STEPS:
        notes.assume(resource, f"its step {sync['step']} has no partition of that length: daily")


def _partitions(api: Json) -> Json:
    written = api.get("partitions") or {}
    if isinstance(written, str):
        return {"every": written}
    return dict(written) if isinstance(written, dict) else {}
