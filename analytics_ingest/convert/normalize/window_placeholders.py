"""Binds placeholders that documents call the bounds of a window: `{start_date}` and `{end_date}`.

Only a resource that names its cursor, and no other parameter of its bounds, has such placeholders;
all others are settings.
"""

import re

from analytics_ingest.common.json_tree import map_strings, walk
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds

_PARTS = ("path", "params", "json", "headers", "data")
_PAIRS = (
    *(("start_time", "end_time"), ("start_date", "end_date"), ("start_datetime", "end_datetime")),
    *(("interval_start", "interval_end"), ("window_start", "window_end"), ("start", "end")),
    *(("from_date", "to_date"), ("date_from", "date_to"), ("since", "until")),
)
_ALONE = ("start_time", "interval_start", "window_start", "slice_start")
"""A first date alone is rather a setting; these are of a window."""


def bind_window_placeholders(draft: Draft) -> None:
    """Fill the placeholders of windows by the window's bounds."""
    for resource in draft.resources:
        endpoint = resource["endpoint"]
        merged = draft.merge_endpoint(resource)
        names = _find_names(endpoint) if _lacks_bounds(merged) else {}
        for name, bound in names.items():
            _bind(endpoint, name, bound)
            reason = f"{{{name}}} is the {bound} of its window"
            draft.log.assume(resource["name"], reason)


def _lacks_bounds(endpoint: Json) -> bool:
    """Return whether a resource has a cursor, and nothing that sends its bounds."""
    incremental, sync = endpoint.get("incremental"), endpoint.get("incremental_sync")
    is_open = isinstance(incremental, dict) and bool(incremental.get("cursor_path"))
    options = ("start_time_option", "end_time_option")
    has_options = isinstance(sync, dict) and any(key in sync for key in options)
    return is_open and not has_options and not find_sent_bounds(endpoint)


def _find_names(endpoint: Json) -> dict[str, str]:
    """Find the placeholders of bounds in requests, each with its bound."""
    parts = [endpoint.get(key) for key in _PARTS]
    texts = [text for text in walk(parts) if isinstance(text, str)]
    used = {name for text in texts for name in re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text)}
    for start, end in _PAIRS:
        if {start, end} <= used:
            return {start: "start", end: "end"}
    return {name: "start" for name in _ALONE if name in used}


def _bind(endpoint: Json, name: str, bound: str) -> None:
    place = re.compile(rf"(?<!\{{)\{{{name}\}}(?!\}})")
    for key in [key for key in _PARTS if key in endpoint]:
        endpoint[key] = map_strings(
            endpoint[key], lambda text: place.sub(f"{{incremental.{bound}_value}}", text)
        )
