"""Binds placeholders by what documents call them: bounds of a window, fields of a parent.

    {incremental.start}          the start of the window
    {start_date} and {end_date}  its bounds, where a resource names its cursor and sends no others
    {orders.id}, {parent.id}     a field of another resource

All others are bound later: to a parent whose name fits, or to a setting.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import map_strings, walk
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.request_places import find_block, find_place_key
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds

_PARTS = ("path", "params", "json", "headers", "data")
_PAIRS = (
    *(("starttime", "endtime"), ("startdate", "enddate"), ("startdatetime", "enddatetime")),
    *(("intervalstart", "intervalend"), ("windowstart", "windowend"), ("start", "end")),
    *(("fromdate", "todate"), ("datefrom", "dateto"), ("since", "until"), ("from", "to")),
    *(("begin", "end"), ("after", "before"), ("startat", "endat"), ("begindate", "enddate")),
    *(("fromtime", "totime"), ("timefrom", "timeto"), ("startts", "endts")),
)
"""Names without underscores, in lower case."""
_DATE = re.compile(r"(?:%-?[A-Za-z][ .:/_-]?)+")
_SPANS = {"H": "1h", "d": "1d", "j": "1d"}
"""The finest part of a date in a path → the longest window that it names; else a month."""
_OTHER_BOUND = re.compile(r"(?<!\{)\{incremental\.(start|end)(?:_time|_date)?\}(?!\})")
_FIELD = re.compile(r"(?<!\{)\{(?P<holder>\w+)\.(?P<field>\w+)\}(?!\})")
_ALONE = (
    *("start_time", "interval_start", "window_start", "slice_start", "last_value", "since"),
    *("updated_since", "updated_after", "modified_since", "modified_after", "changed_since"),
)
"""A first date alone is rather a setting; these are of a window."""
_DAYS = ("date", "day")
"""A request for one day, which is its window."""


def bind_window_placeholders(draft: Draft) -> None:
    """Fill the placeholders of windows by the window's bounds."""
    for resource in draft.resources:
        endpoint = resource["endpoint"]
        _take_headers(endpoint)
        _take_place(endpoint)
        _take_parts_of_dates(endpoint)
        _bind_other_words(draft, resource)
    bind_bounds(draft)


def bind_bounds(draft: Draft) -> None:
    """Fill placeholders by the bounds that their names tell, where a resource has a cursor."""
    for resource in draft.resources:
        endpoint = resource["endpoint"]
        merged = draft.merge_endpoint(resource)
        names = _find_names(endpoint) if lacks_bounds(merged) else {}
        for name, bound in names.items():
            _bind(endpoint, name, bound)
            reason = f"{{{name}}} is the {bound} of its window"
            if name in _DAYS:
                reason = f"{reason}, of one day"
                draft.days.add(resource["name"])
            draft.log.assume(resource["name"], reason)


def infer_day_cursors(draft: Draft) -> None:
    """Take a day that a request names, and that is in the key of its rows, as their cursor."""
    for resource in draft.resources:
        endpoint = draft.merge_endpoint(resource)
        used = _list_names(resource["endpoint"])
        days = [n for n in _DAYS if n in used and n in draft.list_key_fields(resource)]
        if days and "incremental" not in endpoint:
            draft.add_to_incremental(resource, {"cursor_path": days[0]})
            reason = f"its cursor is {days[0]}, the day of a request that is in the key of its rows"
            draft.log.assume(resource["name"], reason)


def complete_days(draft: Draft) -> None:
    """Add that a resource is requested day by day, and how the day is written if nothing says."""
    for name in draft.days:
        resource = draft.by_name[name]
        own = draft.find_incremental(resource) or {}
        keys = {"max_window": "1d", "param_format": "%Y-%m-%d"}
        draft.add_to_incremental(resource, {k: v for k, v in keys.items() if k not in own})


def _take_headers(endpoint: Json) -> None:
    """Write the bounds that headers send: `start_header: If-Modified-Since`."""
    incremental, headers = endpoint.get("incremental"), endpoint.get("headers") or {}
    if not isinstance(incremental, dict) or not isinstance(headers, dict):
        return
    for bound in ("start", "end"):
        if isinstance(name := incremental.get(f"{bound}_header"), str):
            del incremental[f"{bound}_header"]
            _send(endpoint, "headers", name, bound)


def _take_place(endpoint: Json) -> None:
    """Write the bounds that the body or headers hold: `inject_into: body_json`."""
    incremental = endpoint.get("incremental")
    if not isinstance(incremental, dict):
        return
    key = find_place_key(incremental)
    block = find_block(incremental.get(key))
    held = endpoint.get(block) or {}
    names = [str(incremental.get(f"{bound}_param", "")) for bound in ("start", "end")]
    if not block or not isinstance(held, dict) or "." in "".join(names):
        return
    del incremental[key]
    for bound in ("start", "end") if block != "params" else ():
        if isinstance(name := incremental.pop(f"{bound}_param", None), str):
            _send(endpoint, block, name, bound)


def _send(endpoint: Json, block: str, name: str, bound: str) -> None:
    """Send a bound of the window under a name."""
    endpoint[block] = {**(endpoint.get(block) or {}), name: f"{{incremental.{bound}_value}}"}


def _take_parts_of_dates(endpoint: Json) -> None:
    """Fill placeholders of a path by parts of the window's start: `path_params: {year: "%Y"}`."""
    incremental, path = endpoint.get("incremental"), str(endpoint["path"])
    given = incremental.get("path_params") if isinstance(incremental, dict) else None
    if not isinstance(incremental, dict) or not isinstance(given, Mapping):
        return
    texts = [str(text) for text in given.values()]
    if not all(f"{{{name}}}" in path for name in given) or not all(map(_DATE.fullmatch, texts)):
        return
    del incremental["path_params"]
    endpoint["path"] = write_dates(path, given)
    if not isinstance(endpoint.get("incremental_sync"), dict):
        incremental.setdefault("max_window", find_span(given))


def write_dates(path: str, patterns: Mapping[str, str]) -> str:
    """Fill placeholders of a path by the window's start, each in a pattern of strftime."""
    for name, pattern in patterns.items():
        part = f"{{{{ format_datetime(stream_interval.start_time, '{pattern}') }}}}"
        path = path.replace(f"{{{name}}}", part)
    return path


def find_span(patterns: Mapping[str, str]) -> str:
    """Find the longest window of which parts of its start name all; the shortest month if none."""
    text = "".join(patterns.values())
    return next((span for part, span in _SPANS.items() if part in text), "28d")


def _bind_other_words(draft: Draft, resource: Json) -> None:
    """Write `{incremental.start}` as the start of the window, `{orders.id}` as a parent's field."""
    names, parent = draft.by_name, resource.get("parent")
    bound: list[str] = []

    def bind(text: str) -> str:
        text = _OTHER_BOUND.sub(r"{incremental.\1_value}", text)
        return _FIELD.sub(lambda match: _write_field(match, names, parent, bound), text)

    for key in [key for key in _PARTS if key in resource["endpoint"]]:
        resource["endpoint"][key] = map_strings(resource["endpoint"][key], bind)
    if isinstance(parent, str) and parent in bound:
        del resource["parent"]  # Its fields are bound.


def _write_field(
    match: re.Match[str], names: Mapping[str, Json], parent: Any, bound: list[str]
) -> str:
    """Write a field of a resource, which is added to those that are bound."""
    of_parent = parent.get("resource") if isinstance(parent, Mapping) else parent
    holder = of_parent if match["holder"] == "parent" else match["holder"]
    if not isinstance(holder, str) or holder not in names:
        return match[0]
    bound.append(holder)
    return f"{{resources.{holder}.{match['field']}}}"


def lacks_bounds(endpoint: Json) -> bool:
    """Return whether a resource has a cursor, and nothing that sends its bounds."""
    incremental, sync = endpoint.get("incremental"), endpoint.get("incremental_sync")
    is_open = isinstance(incremental, dict) and bool(incremental.get("cursor_path"))
    options = ("start_time_option", "end_time_option")
    has_options = isinstance(sync, dict) and any(key in sync for key in options)
    return is_open and not has_options and not find_sent_bounds(endpoint)


def _find_names(endpoint: Json) -> dict[str, str]:
    """Find the placeholders of bounds in requests, each with its bound."""
    used = _list_names(endpoint)
    by_plain = {name.replace("_", "").lower(): name for name in used}
    for start, end in _PAIRS:
        if {start, end} <= by_plain.keys():
            return {by_plain[start]: "start", by_plain[end]: "end"}
    alone = next((name for name in (*_ALONE, *_DAYS) if name in used), None)
    return {alone: "start"} if alone else {}


def _list_names(endpoint: Json) -> set[str]:
    """List the placeholders of requests."""
    parts = [endpoint.get(key) for key in _PARTS]
    texts = [text for text in walk(parts) if isinstance(text, str)]
    return {name for text in texts for name in re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text)}


def _bind(endpoint: Json, name: str, bound: str) -> None:
    place = re.compile(rf"(?<!\{{)\{{{name}\}}(?!\}})")
    for key in [key for key in _PARTS if key in endpoint]:
        endpoint[key] = map_strings(
            endpoint[key], lambda text: place.sub(f"{{incremental.{bound}_value}}", text)
        )
