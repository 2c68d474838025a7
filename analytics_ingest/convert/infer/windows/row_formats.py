"""Reads cursors in the formats that the prose gives of rows, not in that of the parameters."""

from collections.abc import Mapping

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.windows.cursors import DEFAULT_CURSOR
from analytics_ingest.convert.infer.windows.time_units import iterate_time_statements
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.windows.cursor_formats import list_cursor_formats
from analytics_ingest.convert.prose.windows.row_formats import find_formats, find_row_formats
from analytics_ingest.declaration.airbyte.incremental_sync import is_iso8601

_NUMBERS = ("integer", "number")
_KEY = "endpoint.incremental.cursor_format"


def use_row_formats(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Replace formats of cursors that are those of bounds, and add those that are not given."""
    lines = list(prose.iterate_lines())
    for resource in draft.resources:
        merged = draft.find_incremental(resource)
        if merged is None or not draft.find_key(resource):
            continue
        read, sent = merged.get("cursor_format"), merged.get("param_format")
        known = fields.get(resource["name"], Fields())
        formats = _list_formats(prose, resource, merged)
        formats = formats or _list_formats_of_all(lines, resource, merged, known)
        formats = formats or _list_formats_of_cursor(prose, resource, merged, known)
        if formats and read in (None, sent) and [read or "iso8601"] != formats:
            _use(draft, resource, formats)


def _list_formats(prose: Prose, resource: Json, merged: Json) -> list[str]:
    """List the formats that clauses on a resource, or on all, give its cursor in rows."""
    cursor, bounds = _read_names(merged)
    name = resource["name"]
    texts = [
        clause.text
        for passage in prose.passages
        for clause in passage.clauses
        if not clause.subjects or name in clause.subjects
    ]
    named = [each for text in texts for each in find_row_formats(text, cursor, bounds)]
    return list(dict.fromkeys(named))


def _list_formats_of_all(
    lines: list[tuple[Line, str | None]], resource: Json, merged: Json, known: Fields
) -> list[str]:
    """List the formats that clauses on all times give a cursor that is not a number.

    A clause that is not on rows may be on the parameters of a window, where some are sent.
    """
    cursor, bounds = _read_names(merged)
    if known.types.get(cursor, "").rstrip("?") in _NUMBERS:
        return []
    stated = iterate_time_statements(lines, resource["name"], cursor, bounds)
    named = [f for each in stated if each.is_on_rows or not bounds for f in find_formats(each.text)]
    return list(dict.fromkeys(named))


def _list_formats_of_cursor(prose: Prose, resource: Json, merged: Json, known: Fields) -> list[str]:
    """List the format that clauses give a text as the cursor's, for bounds and rows alike."""
    cursor, bounds = _read_names(merged)
    is_text = known.types.get(cursor, "string").rstrip("?") == "string"
    listed = list_cursor_formats(prose, resource["name"], cursor, bounds) if is_text else []
    return [pattern.strip("`") for pattern in listed]


def _read_names(merged: Json) -> tuple[str, list[str]]:
    """Read the path of a cursor, and the parameters that send its bounds."""
    bounds = [name for key in ("start_param", "end_param") if (name := merged.get(key))]
    return str(merged.get("cursor_path") or DEFAULT_CURSOR), bounds


def _use(draft: Draft, resource: Json, formats: list[str]) -> None:
    """Read the cursor of a resource in the one format that all of its formats amount to."""
    read = draft.find_incremental(resource) or {}
    name, cursor = resource["name"], read.get("cursor_path") or DEFAULT_CURSOR
    if all(map(is_iso8601, formats)):
        if "cursor_format" in read:
            _drop_format(draft, resource)
            reason = f"its cursor {cursor} is ISO 8601 in rows, as the prose says"
            draft.log.assume(name, f"{reason}: {', '.join(formats)}")
    elif len(formats) == 1:
        draft.add_to_incremental(resource, {"cursor_format": formats[0]})
        reason = f"its cursor {cursor} is read as {formats[0]}, as the prose says"
        draft.log.assume(name, reason, key=_KEY, comment=FROM_TEXT)
    else:
        reason = f"its cursor {cursor} has several formats, {', '.join(formats)}, as the prose says"
        draft.log.assume(name, f"{reason}: cursor_format reads one")


def _drop_format(draft: Draft, resource: Json) -> None:
    """Read a cursor as ISO 8601, whatever all resources share."""
    own, shared = resource["endpoint"].get("incremental"), draft.shared.get("incremental") or {}
    if isinstance(own, dict) and "cursor_format" not in shared:
        own.pop("cursor_format", None)
    else:
        draft.add_to_incremental(resource, {"cursor_format": "iso8601"})
