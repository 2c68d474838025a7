"""Adds what a request holds to rows where a clause adds fields of the same names.

`property_id`, `startDate` and `endDate` (the bounds of the window) are added to each record

The request shows what each of them is. A clause that also adds another field is not taken, and one
on no resource in particular only where all requests hold all of the fields.
"""

import re
from collections.abc import Collection, Mapping

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.row_steps import bind_field, changes_field
from analytics_ingest.convert.infer.rows.sent_values import find_sent_value
from analytics_ingest.convert.infer.rows.taken_changes import add_stated_step
from analytics_ingest.convert.prose.rows.row_changes import RowStatement
from analytics_ingest.convert.prose.rows.untaken_changes import UnreadStatement

_ELSEWHERE = re.compile(
    r"\b(?:requests?|path|url|query|body|headers?|param(?:eter)?s?|was|were"
    r"|(?:creation|created|updated?|modifi\w+|import|load(?:ed|ing)?|sync|current|extraction)"
    r" (?:date|day|time(?:stamp)?))\b"
)
"""What a clause has that is not on rows, or not on those of today, or on another date."""
_ON_ROWS = re.compile(r"\b(?:records?|rows?|items?|objects?|columns?|fields?|added|each [a-z]+)\b")
"""What a clause on the bounds of a window has that adds them to rows: windows have bounds too."""
_OF_REQUEST = re.compile(
    r"\b(?:of|from) (?:the|its|each|their|that) (?:requests?|path|url|query|body)\b"
)


def take_request_values(draft: Draft, statement: RowStatement) -> Collection[str | None]:
    """Add the fields of a statement to rows; return its resources, None among them, if done."""
    names = [*(statement.resources or draft.by_name)]
    fields = [field for field in _list_added(statement) if field not in draft.by_name]
    if not fields or not {*names} <= draft.by_name.keys():
        return ()
    values = {name: _find_values(draft, name, fields) for name in names}
    if not all(len(sent) == len(fields) for sent in values.values()):
        return ()
    if any(_is_on_window(statement, sent) for sent in values.values()):
        return ()
    for name, sent in values.items():
        resource = draft.by_name[name]
        added = {field: text for field, text in sent.items() if not changes_field(resource, field)}
        if added:
            step = {"add": {f: {"value": text, "type": "any"} for f, text in added.items()}}
            verb = "are" if len(added) > 1 else "is"
            what = f"{', '.join(added)} of its request {verb} added to its rows"
            add_stated_step(draft, resource, step, what)
    return {None, *names}


def _list_added(statement: RowStatement) -> tuple[str, ...]:
    """List the fields that a statement adds, where it says nothing else and no value of them."""
    change = statement.change
    if change:
        is_plain = change.fields == tuple(change.added) and not any(change.added.values())
        return change.fields if is_plain and not statement.resources else ()
    if not isinstance(statement, UnreadStatement) or statement.is_sensitive or not statement.adds:
        return ()
    text = _OF_REQUEST.sub("", statement.text)
    return () if _ELSEWHERE.search(text) else statement.fields


def _is_on_window(statement: RowStatement, values: Mapping[str, str]) -> bool:
    """Return whether a clause may be on the window itself: `start` and `end` are included."""
    is_unclear = isinstance(statement, UnreadStatement) and not _ON_ROWS.search(statement.text)
    return is_unclear and any("stream_interval" in text for text in values.values())


def _find_values(draft: Draft, name: str, fields: Collection[str]) -> dict[str, str]:
    resource = draft.by_name[name]
    values = {
        field: find_sent_value(draft, resource, field) or _find_listed(resource, field)
        for field in fields
    }
    return {field: value for field, value in values.items() if value}


def _find_listed(resource: Json, field: str) -> str | None:
    """Find an expression for the value of a list that each request is sent with."""
    sent = (resource["endpoint"].get("params") or {}).get(field)
    is_listed = isinstance(sent, dict) and sent.get("type") == "each"
    return bind_field(resource, field) if is_listed else None
