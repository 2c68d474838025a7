"""Infers how cursors are read: as epochs, of which the prose names the unit, or by an example."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from analytics_ingest.common.cursor import is_date, reads_as_iso8601
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.windows.cursors import DEFAULT_CURSOR
from analytics_ingest.convert.infer.windows.time_units import (
    find_epoch,
    find_epoch_of_all,
    find_pattern,
    is_text_of_epoch,
)
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Prose

_NUMBERS = ("integer", "number")
_TEXTS = {"timestamp": "date-time", "date": "date", "string": "text"}
"""Types of fields whose values are texts → how the report names one."""
_MOMENTS = ("timestamp", "date")
_COUNTER = re.compile(r"\b(?:counter|version|revision|sequence|number of)\b", re.IGNORECASE)
_COUNTS = re.compile(r"(?:^|[_.])(?:id|seq\w*|version|revision|count|number)$|[a-z](?:Id|Version)$")
_MOMENT = re.compile(r"(?:_at|_on|At|On|date|time|timestamp|_ts|updated|modified|created)$", re.I)
"""A name of a moment: a number of another name may be a version, which only grows."""
_KEY = "endpoint.incremental.cursor_format"
_AS_PROSE_SAYS = "as the prose says"


def infer_formats(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add the formats of cursors that are described as epochs, or numbers that are sent as one."""
    lines = [
        pair for line, name in prose.iterate_lines() for pair in _list_marked(draft, line, name)
    ]
    described = _list_described(draft, lines)
    for resource in draft.resources:
        own = fields.get(resource["name"], Fields())
        _drop_format_of_bounds(draft, resource, own, lines)
        merged = draft.find_incremental(resource)
        if merged is None or "cursor_format" in merged:
            continue
        if _take_first_value(draft, resource, merged, own) or not draft.find_key(resource):
            continue
        kind, why = _find_kind(resource["name"], merged, lines, own, described)
        if kind is None:
            continue
        draft.add_to_incremental(resource, {"cursor_format": kind})
        cursor = merged.get("cursor_path") or DEFAULT_CURSOR
        reason = f"its cursor {cursor} is read as {kind}, {why}"
        comment = FROM_TEXT if why == _AS_PROSE_SAYS else ""
        draft.log.assume(resource["name"], reason, key=_KEY, comment=comment)


def _list_marked(draft: Draft, line: Line, named: str | None) -> list[tuple[Line, str | None]]:
    """List a line with its resource, else with each that it marks: for `orders`, `at` is …."""
    marked = [m.resource for m in find_mentions(line.text, draft.by_name) if m.mark == "code"]
    names = [named] if named else list(dict.fromkeys(name for name in marked if name))
    return [(line, name) for name in names or (None,)]


def _find_kind(
    name: str,
    merged: Json,
    lines: list[tuple[Line, str | None]],
    fields: Fields,
    of_cursors: Mapping[str, Collection[str]],
) -> tuple[str | None, str]:
    """Find how the cursor of a resource is written, and why; None where it is as usual.

    Args:
        of_cursors: How the prose describes the cursors of all resources.
    """
    cursor, types = merged.get("cursor_path") or DEFAULT_CURSOR, fields.types
    bounds = _list_params(merged)
    described = find_epoch(lines, name, cursor, bounds)
    is_number = types.get(cursor, "").rstrip("?") in _NUMBERS
    is_number = is_number or (cursor not in types and _is_number(lines, cursor))
    of_others = of_cursors.get(cursor, ())
    if described is None and is_number and len(of_others) == 1:
        described = next(iter(of_others))
    may_be_number = types.get(cursor, "number").rstrip("?") in _NUMBERS
    if described is None and may_be_number and not _is_counter(lines, cursor):
        described = find_epoch_of_all(lines, name, cursor, bounds)
    kind, why = _guess_kind(merged, lines, cursor) if is_number else (None, "")
    if described is None and kind is None:
        is_text = types.get(cursor, "string").rstrip("?") in ("string", *_TEXTS)
        described = find_pattern(lines, name, cursor, bounds) if is_text else None
    return (described, _AS_PROSE_SAYS) if described else (kind, why)


def _guess_kind(
    merged: Json, lines: list[tuple[Line, str | None]], cursor: str
) -> tuple[str | None, str]:
    """Guess how a cursor that is a number is written: as it is sent, else in seconds."""
    sent = merged.get("param_format")
    if str(sent).startswith("epoch_"):
        return sent, "a number, as it is sent"
    is_moment = _MOMENT.search(cursor) and not _is_counter(lines, cursor)
    likely = "epoch_s" if is_moment and sent in (None, "iso8601") else None
    return likely, "a number; declare epoch_ms if these are milliseconds"


def _list_described(draft: Draft, lines: list[tuple[Line, str | None]]) -> dict[str, set[str]]:
    """List how the prose describes each cursor: the same field is written alike in all rows."""
    described: dict[str, set[str]] = {}
    for resource in draft.resources:
        cursor = (draft.find_incremental(resource) or {}).get("cursor_path")
        bounds = _list_params(draft.find_incremental(resource) or {})
        unit = find_epoch(lines, resource["name"], cursor, bounds) if cursor else None
        if cursor and unit:
            described.setdefault(cursor, set()).add(unit)
    return described


def _list_params(incremental: Json) -> list[Any]:
    return [incremental.get(f"{bound}_param") for bound in ("start", "end")]


def _take_first_value(draft: Draft, resource: Json, merged: Json, fields: Fields) -> bool:
    """Read a cursor as its first value is written: as an epoch, unless its field is a text.

    Returns whether the cursor is read so.
    """
    kind, cursor = draft.find_epoch(resource), str(merged.get("cursor_path") or DEFAULT_CURSOR)
    if kind is None:
        return False
    field_type = fields.types.get(cursor, "").rstrip("?")
    sent, first = merged.get("param_format"), f"though its first value is {kind}"
    if field_type in _TEXTS:
        reason = f"its cursor {cursor} is a {_TEXTS[field_type]}, {first}"
        draft.log.assume(resource["name"], reason)
    elif sent != kind:
        reason = f"its bounds are sent as {sent}, {first}: declare cursor_format if {cursor} is one"
        draft.log.assume(resource["name"], reason)
    else:
        draft.add_to_incremental(resource, {"cursor_format": kind})
        reason = f"its cursor {cursor} is read as {kind}, as its first value is written"
        draft.log.assume(resource["name"], reason, key=_KEY)
        return True
    return False


def _drop_format_of_bounds(
    draft: Draft, resource: Json, fields: Fields, lines: list[tuple[Line, str | None]]
) -> None:
    """Read a cursor as it is in rows, a date-time or a text, though bounds are sent otherwise.

    A pattern stays where only it may read the cursor: what is in ISO 8601 is read anyway.
    """
    incremental = resource["endpoint"].get("incremental")
    if not isinstance(incremental, dict):
        return
    kind, sent = incremental.get("cursor_format"), incremental.get("param_format")
    if not isinstance(kind, str) or kind != sent:
        return
    cursor = str(incremental.get("cursor_path"))
    field_type, name = fields.types.get(cursor, "").rstrip("?"), resource["name"]
    is_text = field_type == "string" and not is_text_of_epoch(lines, cursor)
    is_moment = field_type in _MOMENTS or _is_moment_in_rows(lines, name, cursor)
    if kind.startswith("epoch_"):
        is_other = is_moment or is_text
    else:
        is_other = field_type in _MOMENTS and _is_iso8601(kind, field_type)
    if is_other:
        del incremental["cursor_format"]
        what = "text" if is_text else "date" if field_type == "date" else "date-time"
        reason = f"its cursor {cursor} is a {what}, though its bounds are sent as {sent}"
        draft.log.assume(name, reason)


def _is_iso8601(pattern: str, field_type: str) -> bool:
    """Return whether a cursor of a type is in ISO 8601, though bounds are sent by a pattern."""
    return reads_as_iso8601(pattern) or (field_type == "timestamp" and is_date(None, pattern))


def _is_moment_in_rows(lines: list[tuple[Line, str | None]], resource: str, cursor: str) -> bool:
    """Return whether a line says that a cursor has a date-time's format in rows."""
    described = re.compile(
        rf"`{re.escape(cursor)}` ?\(?(?:(?:has|have|is|are) (?:the )?(?:format|form) )?"
        r"`%Y-%m-%d[^`]{0,20}`[^`;.]{0,20} (?:in|of) (?:the |all )?(?:records|rows|responses?)\b"
    )
    return any(described.search(line.text) for line, named in lines if named in (None, resource))


def _is_number(lines: list[tuple[Line, str | None]], cursor: str) -> bool:
    """Return whether a line on the fields of all resources says that a cursor is a number."""
    typed = re.compile(
        rf"(?<![\w.]){re.escape(cursor)}(?!\w)\W{{1,4}}(?:an? )?(?:integer|number|int|int64|long)\b"
    )
    return any(
        named is None and typed.search(to_plain(line.text).replace("`", ""))
        for line, named in lines
    )


def _is_counter(lines: list[tuple[Line, str | None]], cursor: str) -> bool:
    """Return whether a cursor counts, by its name or as a line that names it says."""
    name = f"`{cursor}`"
    return _COUNTS.search(cursor) is not None or any(
        name in line.text and _COUNTER.search(line.text) for line, _ in lines
    )
