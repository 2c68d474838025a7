"""Infers how cursors are read that are numbers: epochs, of which the prose names the unit."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.cursors import DEFAULT_CURSOR
from analytics_ingest.convert.markdown import Document, Line
from analytics_ingest.convert.prose.fields import Fields
from analytics_ingest.convert.prose.lines import iterate_lines_with_resource, to_plain

_EPOCH = re.compile(r"\b(unix|epoch)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b(unix|epoch|integer|number|since 1970)\b", re.IGNORECASE)
_TEXT = re.compile(r"\biso\b|\bstring\b|\bdate-?time\b", re.IGNORECASE)
_MILLISECONDS = re.compile(r"\bmilli\s?seconds?\b|\bms\b", re.IGNORECASE)
_NUMBERS = ("integer", "number")
_KEY = "endpoint.incremental.cursor_format"


def infer_formats(draft: Draft, document: Document, fields: Mapping[str, Fields]) -> None:
    """Add the formats of cursors that are described as epochs, or numbers that are sent as one."""
    lines = list(iterate_lines_with_resource(document, draft.by_name))
    for resource in draft.resources:
        _drop_format_of_bounds(draft, resource, fields.get(resource["name"], Fields()))
        merged = draft.merge_endpoint(resource).get("incremental", {})
        if not draft.find_key(resource) or merged is None or "cursor_format" in merged:
            continue
        cursor = merged.get("cursor_path") or DEFAULT_CURSOR
        bounds = [merged.get(f"{bound}_param") for bound in ("start", "end")]
        described = _find_epoch(lines, resource["name"], cursor, bounds)
        types = fields.get(resource["name"], Fields()).types
        is_number = types.get(cursor, "").rstrip("?") in _NUMBERS
        sent = merged.get("param_format")
        kind = described or (sent if is_number and str(sent).startswith("epoch_") else None)
        if kind is None:
            continue
        own = resource["endpoint"].get("incremental") or {}
        resource["endpoint"]["incremental"] = {**own, "cursor_format": kind}
        why = "as the prose says" if described else "a number, as it is sent"
        reason = f"its cursor {cursor} is read as {kind}, {why}"
        draft.log.assume(resource["name"], reason, key=_KEY, comment=FROM_TEXT if described else "")


def _drop_format_of_bounds(draft: Draft, resource: Json, fields: Fields) -> None:
    """Read a cursor that is a date-time among the fields as one, though bounds are epochs."""
    incremental = resource["endpoint"].get("incremental")
    if not isinstance(incremental, dict):
        return
    kind, sent = incremental.get("cursor_format"), incremental.get("param_format")
    cursor = str(incremental.get("cursor_path"))
    is_moment = fields.types.get(cursor, "").rstrip("?") in ("timestamp", "date")
    if is_moment and kind == sent and str(kind).startswith("epoch_"):
        del incremental["cursor_format"]
        reason = f"its cursor {cursor} is a date-time, though its bounds are sent as {sent}"
        draft.log.assume(resource["name"], reason)


def _find_epoch(
    lines: list[tuple[Line, str | None]], resource: str, cursor: str, bounds: list[Any]
) -> str | None:
    """Find the unit of an epoch in a line that names the cursor of a resource, and no parameter."""
    field = re.compile(rf"(?<![\w.]){re.escape(cursor.rpartition('.')[2])}(?!\w)")
    for line, named in lines:
        if named not in (None, resource):
            continue
        text = to_plain(line.text)
        is_of_bound = any(f"`{bound}`" in line.text for bound in bounds if bound)
        if not field.search(text) or _TEXT.search(text) or is_of_bound:
            continue
        if _MILLISECONDS.search(text) and _NUMBER.search(text):
            return "epoch_ms"
        if _EPOCH.search(text):
            return "epoch_s"
    return None
