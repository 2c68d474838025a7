"""The documents' `incremental_sync` → the endpoint's `incremental`, and the API's `partitions`."""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from analytics_ingest.declaration.errors import DeclarationError

TIME_OPTIONS = {"start_time_option": "start", "end_time_option": "end"}

_STEPS = {"PT1H": "hourly", "P1D": "daily", "P1W": "weekly", "P7D": "weekly", "P1M": "monthly"}
_EPOCHS = {"%s": "epoch_s", "%s_as_float": "epoch_s", "%ms": "epoch_ms"}
_PER_SECOND = {"epoch_s": 1, "epoch_ms": 1000}
_WRITTEN_ANYWAY = "%Y-%m-%dT%H:%M:%SZ"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DURATION = re.compile(r"P(?:(\d+)([DW])|T(\d+)([HMS]))")


def translated_cursor(
    api: str, resource: str | None, written: Mapping[str, Any], endpoint: dict[str, Any]
) -> None:
    """Add to an endpoint what an `incremental_sync`, or a paginator's time options, say of it.

    Args:
        written: Keys of `incremental_sync`; of a paginator, its time options only.
    """
    given: dict[str, Any] = {}
    if written.get("cursor_field"):
        given["cursor_path"] = written["cursor_field"]
    given |= _formats(written.get("datetime_format"))
    if window := written.get("lookback_window"):
        given["lookback"] = _lookback(api, resource, window)
    for key, bound in TIME_OPTIONS.items():
        if option := written.get(key):
            name, place = option_of(api, resource, key, option)
            if place == "request_parameter":
                given[f"{bound}_param"] = name
            else:
                value = f"{{incremental.{bound}_value}}"
                inject(api, resource, endpoint, place, {name: value})
    if given and endpoint.get("incremental", {}) is not None:
        endpoint["incremental"] = {**given, **(endpoint.get("incremental") or {})}


def option_of(api: str, resource: str | None, key: str, option: Any) -> tuple[str, str]:
    """The name and the place under which a request carries a value."""
    if isinstance(option, str):
        return option, "request_parameter"
    name, place = option.get("field_name"), option.get("inject_into") or "request_parameter"
    if place not in ("request_parameter", "header", "body_json", "body_data"):
        raise DeclarationError(
            api,
            resource,
            f"{key}.inject_into",
            f"'{place}' is unknown; allowed are request_parameter, header, body_json, body_data",
        )
    if not isinstance(name, str):
        raise DeclarationError(api, resource, f"{key}.field_name", "is required; name it")
    return name, place


def inject(
    api: str, resource: str | None, endpoint: dict[str, Any], place: str, values: Mapping[str, Any]
) -> None:
    """Let an endpoint's requests carry values, by name."""
    key = {"request_parameter": "params", "header": "headers", "body_json": "json"}
    block = key.get(place, "data")
    written = endpoint.get(block) or {}
    if not isinstance(written, Mapping):
        problem = f"is a text, to which '{next(iter(values))}' cannot be added; write an object"
        raise DeclarationError(api, resource, f"endpoint.{block}", problem)
    endpoint[block] = {**written, **values}


def partitions_of(syncs: list[Mapping[str, Any]]) -> dict[str, str]:
    """The partitions that the resources' cursors ask for: the earliest start, the shortest step."""
    found: dict[str, str] = {}
    starts = [date for sync in syncs if (date := start_date(sync))]
    if starts:
        found["start"] = min(starts)
    steps = [_STEPS.get(str(sync["step"]), "daily") for sync in syncs if sync.get("step")]
    if steps:
        found["every"] = min(steps, key=list(dict.fromkeys(_STEPS.values())).index)
    return found


def start_date(sync: Mapping[str, Any]) -> str | None:
    """The day of `start_datetime`, as a date of ISO 8601; None where it is none."""
    written, pattern = sync.get("start_datetime"), sync.get("datetime_format")
    if isinstance(written, Mapping):
        written, pattern = written.get("datetime"), written.get("datetime_format", pattern)
    if found := _DATE.match(str(written)):
        return found[0]
    if written is None or not isinstance(pattern, str):
        return None
    try:
        if epoch := _EPOCHS.get(pattern):
            seconds = float(str(written)) / _PER_SECOND[epoch]
            return datetime.fromtimestamp(seconds, timezone.utc).date().isoformat()
        moment = datetime.strptime(str(written), pattern).replace(tzinfo=timezone.utc)
        return moment.date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _formats(pattern: str | None) -> dict[str, str]:
    if pattern is None:
        return {}
    if epoch := _EPOCHS.get(pattern):
        return {"cursor_format": epoch, "param_format": epoch}
    pattern = pattern.replace("%_ms", "000")  # Windows begin at whole seconds.
    if not pattern.startswith("%Y-%m-%d"):
        return {"cursor_format": pattern, "param_format": pattern}
    return {} if pattern == _WRITTEN_ANYWAY else {"param_format": pattern}


def _lookback(api: str, resource: str | None, text: str) -> str:
    found = _DURATION.fullmatch(str(text))
    if found is None:
        raise DeclarationError(
            api,
            resource,
            "incremental_sync.lookback_window",
            f"'{text}' is not a duration such as P2D or PT6H; write incremental.lookback: 2d",
        )
    return f"{found[1] or found[3]}{(found[2] or found[4]).lower()}"
