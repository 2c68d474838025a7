"""Translates Airbyte's `incremental_sync` into `incremental` and the API's `partitions`."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics_ingest.common.cursor import build_reader, read_iso8601
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.declaration.airbyte.durations import read_duration
from analytics_ingest.declaration.airbyte.target import Target
from analytics_ingest.declaration.models.incremental import SHORTEST_MONTH
from analytics_ingest.declaration.models.scalars import format_duration, parse_duration
from analytics_ingest.declaration.resource_defaults import merge_endpoints

BOUNDS = {"start": "incremental.start_value", "end": "incremental.end_value"}
"""The bounds of a window → their placeholders."""
TEXTS = ("path", "params", "headers", "json", "data", "job")
"""The blocks of an endpoint that hold a request."""

TIME_OPTIONS = {"start_time_option": "start", "end_time_option": "end"}

PARTITIONS = {"PT1H": "hourly", "P1D": "daily", "P1W": "weekly", "P7D": "weekly", "P1M": "monthly"}
EPOCHS = {"%s": "epoch_s", "%s_as_float": "epoch_s", "%ms": "epoch_ms"}
"""Airbyte's patterns of epochs → our formats."""
_WRITTEN_ANYWAY = "%Y-%m-%dT%H:%M:%SZ"
_LOOKBACK = re.compile(r"P(?:(\d+)([DW])|T(\d+)([HMS]))")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CALENDAR_STEP = re.compile(r"^\s*P[^T]*[MY]")
"""A step of months or years."""


def translate_cursor(raw: Mapping[str, Any], target: Target) -> None:
    """Add what an `incremental_sync`, or a paginator's time options, say of an endpoint.

    Args:
        raw: Keys of `incremental_sync`; of a paginator, its time options only.
    """
    incremental = {"cursor_path": raw["cursor_field"]} if raw.get("cursor_field") else {}
    incremental |= convert_formats(
        raw.get("datetime_format"), raw.get("cursor_datetime_formats") or []
    )
    if window := raw.get("lookback_window"):
        incremental["lookback"] = _convert_lookback(window, target)
    for key, bound in TIME_OPTIONS.items():
        if option := raw.get(key):
            name, block = target.read_option(key, option)
            if block == "params":
                incremental[f"{bound}_param"] = name
            else:
                target.inject(block, name, f"{{incremental.{bound}_value}}")
    if (step := raw.get("step")) and read_duration(str(step)) is None:
        problem = f"'{step}' is not a duration; write one such as P1D or PT1H"
        raise target.place.build_error("incremental_sync.step", problem)
    before = target.endpoint.get("incremental", {})
    if incremental and before is not None:
        target.endpoint["incremental"] = {**incremental, **before}


def limit_windows(
    endpoint: dict[str, Any],
    sync: Mapping[str, Any] | None,
    shared: Mapping[str, Any],
    shared_sync: Mapping[str, Any] | None,
) -> None:
    """Add where the first window begins, and how long one is at most, if requests hold windows.

    Args:
        endpoint: A translated endpoint.
        sync: Its own `incremental_sync`.
        shared: The translated endpoint of the defaults.
        shared_sync: The `incremental_sync` of the defaults.
    """
    merged = merge_endpoints(shared, endpoint)
    limits = _find_limits(sync or shared_sync or {}, merged)
    if not sync and "incremental" in endpoint:
        # It replaces the cursor of the defaults, and so its start.
        limits.pop("initial_value", None)
    before = merged.get("incremental") or {}
    if limits.keys() - before.keys():
        endpoint["incremental"] = {**limits, **before}


def _find_limits(sync: Mapping[str, Any], endpoint: Mapping[str, Any]) -> dict[str, str]:
    sent = find_sent_bounds(endpoint)
    if not endpoint.get("incremental") or "start" not in sent:
        return {}
    limits = {"initial_value": _find_start(sync)}
    if step := sync.get("step"):
        limits["max_window"] = find_longest_window(str(step), read_duration(str(step)), sent)
    return {key: value for key, value in limits.items() if value is not None}


def find_longest_window(step: str, length: str | None, sent: Collection[str]) -> str | None:
    """Find the longest window that is requested at a time; None where nothing limits it.

    Args:
        step: Airbyte's, as it is written.
        length: The same as a duration of ours.
        sent: The bounds that requests hold. The start alone may name a day, a week, a month or a
            year.
    """
    if length in (None, "0s"):
        return None
    if "end" in sent or parse_duration(length) <= SHORTEST_MONTH:
        return length
    return format_duration(SHORTEST_MONTH) if _CALENDAR_STEP.search(step) else None


def find_sent_bounds(endpoint: Mapping[str, Any]) -> set[str]:
    """Find which bounds of the window the requests of an endpoint hold."""
    texts = [endpoint[key] for key in TEXTS if key in endpoint]
    in_texts = {bound for bound, name in BOUNDS.items() if f"{{{name}}}" in str(texts)}
    incremental = endpoint.get("incremental") or {}
    in_params = {bound for bound in BOUNDS if incremental.get(f"{bound}_param")}
    return in_texts | in_params | find_references(texts).bounds


def find_partitions(syncs: list[Mapping[str, Any]]) -> dict[str, str]:
    """Find the partitions that the cursors of resources ask for: earliest start, shortest step."""
    partitions: dict[str, str] = {}
    if starts := [date for sync in syncs if (date := find_start_date(sync))]:
        partitions["start"] = min(starts)
    if steps := [PARTITIONS.get(str(sync["step"]), "daily") for sync in syncs if sync.get("step")]:
        partitions["every"] = min(steps, key=list(PARTITIONS.values()).index)
    return partitions


def find_start_date(sync: Mapping[str, Any]) -> str | None:
    """Find the day of `start_datetime` in UTC, in ISO 8601; None where it is not a date."""
    moment = _read_start(sync)
    return moment.date().isoformat() if moment else None


def _find_start(sync: Mapping[str, Any]) -> str | None:
    """Find `start_datetime` in ISO 8601: a date where it is written as one, else a moment."""
    raw, moment = sync.get("start_datetime"), _read_start(sync)
    text = raw.get("datetime") if isinstance(raw, Mapping) else raw
    if moment is None or _DATE.fullmatch(str(text)):
        return find_start_date(sync)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _read_start(sync: Mapping[str, Any]) -> datetime | None:
    raw, pattern = sync.get("start_datetime"), sync.get("datetime_format")
    if isinstance(raw, Mapping):
        raw, pattern = raw.get("datetime"), raw.get("datetime_format", pattern)
    if raw is None:
        return None
    if match := _DATE.match(str(raw)):
        return read_iso8601(str(raw)) or read_iso8601(match[0])
    if not isinstance(pattern, str):
        return None
    return build_reader(EPOCHS.get(pattern, pattern))(str(raw))


def convert_formats(pattern: str | None, of_rows: Sequence[str] = ()) -> dict[str, str]:
    """Return how bounds are sent and cursors are read.

    Args:
        pattern: Airbyte's pattern of the bounds, and of cursors where no other is given.
        of_rows: Airbyte's patterns of cursors; the first that is not of ISO 8601 decides.
    """
    if pattern is None:
        return {}
    sent = _convert_format(pattern)
    kinds = [_convert_format(item) for item in of_rows or [pattern]]
    read = next((kind for kind in kinds if not is_iso8601(kind)), "iso8601")
    cursor_format = {} if read == "iso8601" else {"cursor_format": read}
    return {**cursor_format, **({} if sent == "iso8601" else {"param_format": sent})}


def _convert_format(pattern: str) -> str:
    """Return our format of one of Airbyte's patterns; windows begin at whole seconds."""
    plain = EPOCHS.get(pattern) or pattern.replace("%_ms", "000")
    return "iso8601" if plain == _WRITTEN_ANYWAY else plain


def is_iso8601(kind: str) -> bool:
    """Return whether a format of ours is one of ISO 8601, which `iso8601` reads."""
    return kind == "iso8601" or kind.startswith("%Y-%m-%d")


def _convert_lookback(text: Any, target: Target) -> str:
    match = _LOOKBACK.fullmatch(str(text))
    if match is None:
        raise target.place.build_error(
            "incremental_sync.lookback_window",
            f"'{text}' is not a duration such as P2D or PT6H; write incremental.lookback: 2d",
        )
    return f"{match[1] or match[3]}{(match[2] or match[4]).lower()}"
