"""Adds the fields that rows get from their request, by the prose: its day, or an id of the parent.

the day of the request is written to the field `date` in the format `DD-MM-YYYY`
the requested `date` is added to the record
the id of the budget is stored with each of them in the field `budget_id`
"""

import re

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.row_steps import (
    add_step,
    bind_field,
    changes_field,
    read_binding,
)
from analytics_ingest.convert.infer.windows.windows import find_bounds
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import (
    is_conditional,
    is_on_other_source,
    is_statement,
)
from analytics_ingest.convert.prose.windows.bound_formats import find_pattern
from analytics_ingest.convert.prose.words.time_names import is_time
from analytics_ingest.declaration.airbyte.incremental_sync import EPOCHS

_EPOCHS = {ours: theirs for theirs, ours in EPOCHS.items() if theirs in ("%s", "%ms")}
_STORED = (
    r"[^.;]{0,20}?\b(?:is|are|gets?) (?:also |therefore |then )?"
    r"(?:stored|written|added|saved|kept|copied|put)\b"
    r"[^.;`]{0,60}?\b(?:in|as|to|into|under)\b[^.;`]{0,30}?`(?P<field>[A-Za-z_]\w*)`(?P<rest>.*)"
)
_DAY = re.compile(
    r"\b(?:day|date|month|start) of (?:the|each|its|that) (?:request|window|interval|period)s?\b"
    + _STORED,
    re.IGNORECASE,
)
_REQUESTED = re.compile(
    r"\b(?:requested|queried) (?:(?:day|date|month)s? )?`(?P<field>[A-Za-z_]\w*)`"
    r" (?:is|gets?) (?:also )?(?:stored|written|added|saved|kept|copied|put)"
    r" (?:in|to|into|on|with|as a field of)"
    r" (?:(?:the|each|every|its|all) )?(?:respon\w+ )?(?:records?|rows?|items?|entry|entries)"
    r"(?P<rest>[^,.;]*)",
    re.IGNORECASE,
)
_UNNAMED = re.compile(
    r"\b(?P<what>day|date|month|start) of (?:the|each|its|that)"
    r" (?:request|window|interval|period)s? (?:is|are) (?:also )?"
    r"(?:stored|written|added|saved|copied)\b[^.;`]{0,20}\b(?:records?|rows?)\W*$",
    re.IGNORECASE,
)
_PARENT = re.compile(
    rf"(?:\b(?:id|key)|`(?P<source>\w+)`) of (?:the|its|each|every) (?P<parent>[A-Za-z_]{{1,40}})\b"
    rf"(?={_STORED})",
    re.IGNORECASE,
)
_IN_REQUEST = re.compile(
    r"\b(?:added|put|written|copied|saved|stored) (?:in|to|into) (?:(?:the|each|its|every) )?"
    r"(?:query |json |request )?(?:requests?|path|query|url|body|headers?|param(?:eter)?s?)\b",
    re.IGNORECASE,
)


def infer_request_fields(draft: Draft, prose: Prose) -> None:
    """Add the fields that sentences describe, to the resource that each speaks of."""
    for line, named in prose.iterate_lines():
        for sentence in line.clauses:
            day, parent = _find_day(sentence), _PARENT.search(sentence)
            match = day or parent
            if match is None and (unnamed := _UNNAMED.search(sentence)):
                _log_unnamed(draft, named, unnamed)
            # What is before it may say that the rows lack the field.
            if match is None or is_conditional(sentence) or is_on_other_source(sentence):
                continue
            if not is_statement(match[0]):
                continue
            name = named or draft.only_name
            if day and name:
                _add_day(draft, draft.by_name[name], day["field"], day["rest"])
            elif parent and not _IN_REQUEST.search(sentence):
                child = _find_child(draft, parent, sentence[parent.end() :])
                _add_parent(draft, named or child, parent)


def _find_day(sentence: str) -> re.Match[str] | None:
    """Find the day of a request and the field that it is added to rows as."""
    requested = _REQUESTED.search(sentence)
    return _DAY.search(sentence) or (
        requested if requested and is_time(requested["field"]) else None
    )


def _log_unnamed(draft: Draft, named: str | None, match: re.Match[str]) -> None:
    """Log that rows get a part of the window, under a name that is left open."""
    if is_statement(match.string) and not is_conditional(match.string):
        reason = f"the prose adds the {match['what'].lower()} of its request to its rows"
        draft.log.assume(named, f"{reason}, and names no field: declare processing_steps")


def _find_child(draft: Draft, match: re.Match[str], rest: str) -> str | None:
    """Find the one resource to which a sentence adds a field: to each note as `order_id`."""
    parent = to_valid_name(match["parent"])
    mentioned = (name for each in find_mentions(rest, draft.by_name) for name in each.names)
    names = {name for name in mentioned if parent not in list_singulars(name)}
    return names.pop() if len(names) == 1 else None


def _add_day(draft: Draft, resource: Json, field: str, rest: str) -> None:
    """Add the start of the window, as it is sent unless the sentence names a format."""
    incremental = draft.find_incremental(resource)
    if "start" not in find_bounds(draft, resource) or changes_field(resource, field):
        return
    start, pattern = "stream_interval.start_time", find_pattern(rest)
    sent = str((incremental or {}).get("param_format", ""))
    read = "" if not sent or sent.startswith("%Y-%m-%d") else f", '{_EPOCHS.get(sent, sent)}'"
    text = start if pattern in (None, sent) else f"format_datetime({start}, '{pattern}'{read})"
    add_step(resource, {"add": {field: {"value": f"{{{{ {text} }}}}", "type": "string"}}})
    reason = f"{field} is the start of the window of its request, as the prose says"
    draft.log.assume(resource["name"], reason)


def _add_parent(draft: Draft, named: str | None, match: re.Match[str]) -> None:
    """Add a field of the parent's row to its children."""
    stem, field = to_valid_name(match["parent"]), match["field"]
    for resource in draft.list_named(named):
        params = resource["endpoint"].get("params") or {}
        for name, value in list(params.items()):
            parent, source = read_binding(value)
            is_it = stem in list_singulars(parent) | {parent} and match["source"] in (None, source)
            # A key `id` of the rows is not that of the parent.
            is_own = draft.find_key(resource) == field == source
            if not is_it or is_own or changes_field(resource, field):
                continue
            if expression := bind_field(resource, name):
                add_step(resource, {"add": {field: {"value": expression, "type": "any"}}})
                reason = f"{field} is the {source} of its row of {parent}, as the prose says"
                draft.log.assume(resource["name"], reason)
