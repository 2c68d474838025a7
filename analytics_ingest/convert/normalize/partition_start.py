"""Where partitions begin: the dates that a document gives its cursors to start from."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from analytics_ingest.common.cursor import build_reader
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.declaration.airbyte.incremental_sync import (
    PARTITIONS,
    find_sent_bounds,
    find_start_date,
)
from analytics_ingest.declaration.models.schedule import Partitions

_MOST_PARTITIONS = 4000
"""Ten years of days; each costs Dagster events of its own."""

_DAYS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30}
_EPOCH = re.compile(r"\d{10}(\d{3})?")
_FRACTION = re.compile(r"T\d\d:\d\d:\d\d\.(\d{6}|\d{3})Z$")
_WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_FRACTIONS = {3: "%Y-%m-%dT%H:%M:%S.000Z", 6: "%Y-%m-%dT%H:%M:%S.%fZ"}
_MONTH = re.compile(r"(?:19|20)\d\d(?P<month>-(?:0[1-9]|1[0-2]))?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SETTING = re.compile(r"\b(?:settings|config)\b")
_NOW = re.compile(r"now|today|current", re.IGNORECASE)
_LAG = re.compile(r"\d+")


def take_partition_start(draft: Draft) -> None:
    """Begin the partitions where the first cursor starts; a start that is not a date is dropped."""
    starts: list[str] = []
    for resource, cursor in _iterate_cursors(draft):
        end = cursor.pop("end_value", None)
        if end is not None and not _NOW.search(str(end)):
            draft.log.assume(resource, "end_value is left out: partitions go on to the present")
        if "initial_value" not in cursor:
            continue
        _read_first_value(draft, resource, cursor)
        if start := find_start_date({"start_datetime": cursor["initial_value"]}):
            starts.append(start)
        else:
            draft.unread_starts[resource] = str(cursor.pop("initial_value"))
    _log_lost_starts(draft)
    if starts and "start" not in read_partitions(draft):
        start = min(starts)
        draft.log.assume(None, _describe_start(start))
        draft.others["partitions"] = {"start": start, **read_partitions(draft)}


def _describe_start(start: str) -> str:
    return f"partitions begin on {start}, the first value of a cursor"


def _read_first_value(draft: Draft, resource: str | None, cursor: Json) -> None:
    """Write a first value in ISO 8601, and the format that it shows: bounds are sent in it."""
    value = cursor["initial_value"]
    if _EPOCH.fullmatch(str(value)):
        kind = "epoch_ms" if len(str(value)) > len("1767225600") else "epoch_s"
        if moment := build_reader(kind)(int(value)):
            cursor["initial_value"] = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
            if resource not in draft.converted:
                draft.epochs[resource] = kind
            elif "param_format" not in cursor:
                reason = f"its bounds are sent as {kind}, as its first value is written"
                draft.log.assume(resource, f"{reason}; its code may send another form")
            cursor.setdefault("param_format", kind)
    elif isinstance(value, str) and (first := _MONTH.fullmatch(value)):
        cursor["initial_value"] = f"{value}{'-01' if first['month'] else '-01-01'}"
    elif _WITHOUT_ZONE.fullmatch(str(value)):
        _send_as(draft, resource, cursor, f"%Y-%m-%d{str(value)[10]}%H:%M:%S")
    elif fraction := _FRACTION.search(str(value)):
        _send_as(draft, resource, cursor, _FRACTIONS[len(fraction[1])])


def _send_as(draft: Draft, resource: str | None, cursor: Json, pattern: str) -> None:
    """Send bounds in the format of the first value, unless another one is configured."""
    if "param_format" in cursor:
        return
    cursor["param_format"] = pattern
    endpoints = [draft.merge_endpoint(each) for each in draft.list_named(resource)]
    if any(map(find_sent_bounds, endpoints)):
        reason = f"its bounds are sent as {pattern}, as its first value is written"
        draft.log.assume(resource, reason)


def drop_unsent_starts(draft: Draft) -> None:
    """Drop the starts of cursors that no request sends: older rows are loaded as well."""
    sends = {
        name: "start" in find_sent_bounds(draft.merge_endpoint(resource))
        for name, resource in draft.by_name.items()
    }
    shared, inheriting = draft.shared.get("incremental"), []
    for name, resource in draft.by_name.items():
        own = resource["endpoint"].get("incremental")
        if "incremental" not in resource["endpoint"]:
            inheriting.append(name)
        elif isinstance(own, dict) and not sends[name] and "initial_value" in own:
            draft.unsent_starts[name] = own.pop("initial_value")
    if isinstance(shared, dict) and not all(sends[name] for name in inheriting):
        for name in inheriting:
            if sends[name] and "initial_value" in shared:
                draft.by_name[name]["endpoint"]["incremental"] = dict(shared)
        start = shared.pop("initial_value", None)
        draft.unsent_starts |= {name: start for name in inheriting if start and not sends[name]}


def restore_sent_starts(draft: Draft) -> None:
    """Restore the starts of cursors that requests send after all, as the prose says."""
    for name, start in draft.unsent_starts.items():
        resource = draft.by_name[name]
        incremental = draft.find_incremental(resource)
        is_sent = "start" in find_sent_bounds(draft.merge_endpoint(resource))
        if is_sent and incremental is not None and "initial_value" not in incremental:
            draft.add_to_incremental(resource, {"initial_value": start})


def read_formatted_starts(draft: Draft) -> None:
    """Read the first values that only the format of bounds explains; log those that stay unread."""
    for name, value in draft.unread_starts.items():
        resource = draft.by_name[name] if name else None
        incremental = draft.find_incremental(resource) if resource else None
        is_sent = resource and "start" in find_sent_bounds(draft.merge_endpoint(resource))
        start = _read_as(str((incremental or {}).get("param_format")), value)
        if resource and is_sent and start:
            draft.add_to_incremental(resource, {"initial_value": start})
            reason = f"its first window begins on {start}, its first value in the format of bounds"
            draft.log.assume(name, reason)
        else:
            draft.open_starts[name] = value


NO_START = "its first window has no start"
"""What is logged of a first window that nothing begins."""


def log_open_starts(draft: Draft) -> None:
    """Log the first values that are unknown, where no first window is declared instead."""
    begun = {name for name, text in draft.log.assumptions if text.startswith(NO_START)}
    for name, value in draft.open_starts.items():
        if name in begun:
            continue
        cursors = [draft.find_incremental(resource) for resource in draft.list_named(name)]
        if not all((cursor or {}).get("initial_value") for cursor in cursors):
            kind = "a setting" if is_setting(value) else "not a date"
            draft.log.assume(name, f"its first value is {kind}: partitions.start decides")


def settle_partition_length(draft: Draft, stated: Mapping[str, Any]) -> None:
    """Log partitions that are as long as a step, and leave out the default.

    Args:
        stated: The partitions that the document itself declares.
    """
    partitions = read_partitions(draft)
    if "every" in stated or "every" not in partitions:
        return
    if partitions["every"] == Partitions().every:
        rest = {key: value for key, value in partitions.items() if key != "every"}
        draft.others.pop("partitions")
        draft.others |= {"partitions": rest} if rest else {}
    else:
        reason = f"partitions are {partitions['every']}, as long as the step of a cursor"
        draft.log.assume(None, reason)


def is_setting(value: str) -> bool:
    """Return whether a setting gives a first value."""
    return _SETTING.search(value) is not None


def _read_as(pattern: str, value: str) -> str | None:
    """Read a date by a pattern; None where it does not fit."""
    try:
        return f"{datetime.strptime(value, pattern):%Y-%m-%d}"  # noqa: DTZ007 only its date counts
    except ValueError:
        return None


def limit_partitions(draft: Draft, today: date) -> None:
    """Leave out a start in the future, or with which there were too many partitions to keep."""
    partitions = read_partitions(draft)
    try:
        start = date.fromisoformat(str(partitions.pop("start", "")))
    except ValueError:
        return
    days = _DAYS.get(partitions.get("every", "daily"), 1)
    if start <= today and (today - start) / timedelta(days=days) <= _MOST_PARTITIONS:
        return
    draft.log.withdraw(None, _describe_start(f"{start}"))
    reason = f"partitions do not begin on {start} as written: the first one holds all older rows"
    draft.log.assume(None, reason)
    del draft.others["partitions"]
    if partitions:
        draft.others["partitions"] = partitions


def _iterate_cursors(draft: Draft) -> Iterator[tuple[str | None, Json]]:
    """Yield all blocks in dlt's form of a cursor, in the keys of a declaration."""
    for _, endpoint in draft.iterate_endpoints():
        if isinstance(incremental := endpoint.get("incremental"), dict):
            incremental.pop("type", None)
    for name, block in draft.iterate_cursors():
        if _LAG.fullmatch(str(block.get("lag"))):
            first = str(block.get("initial_value", ""))
            unit = "d" if _DAY.fullmatch(first) else "s"
            block["lookback"] = f"{block.pop('lag')}{unit}"
            if not _DAY.match(first):
                draft.lags.add(name)
        yield name, block


def _log_lost_starts(draft: Draft) -> None:
    """Log what no partition can say of an `incremental_sync`."""
    holders = [(None, draft.defaults, draft.shared)]
    holders += [(r["name"], r, r["endpoint"]) for r in draft.resources]
    for name, *blocks in holders:
        for sync in [block.get("incremental_sync") for block in blocks]:
            if not isinstance(sync, dict):
                continue
            if sync.get("start_datetime") is not None and find_start_date(sync) is None:
                draft.open_starts[name] = str(sync["start_datetime"])
            if (step := sync.get("step")) and str(step) not in PARTITIONS:
                reason = f"its step {step} has no partition of that length: daily"
                draft.log.assume(name, reason)


def read_partitions(draft: Draft) -> dict[str, Any]:
    """Return the partitions of the document as an object."""
    raw = draft.others.get("partitions") or {}
    if isinstance(raw, str):
        return {"every": raw}
    return dict(raw) if isinstance(raw, dict) else {}
