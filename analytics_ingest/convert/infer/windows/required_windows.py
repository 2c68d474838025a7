"""Declares a first window for requests that need their bounds: `since` and `until` are required.

Without one, the first window has no start; and a parent is read whole for its children, without
bounds, unless it begins somewhere and ends before the present. Where a setting of the document
decides where windows of two bounds begin, its requests always had both: without the first, an API
refuses them, or begins where it likes.
"""

import re

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.declared_parents import list_parents
from analytics_ingest.convert.infer.windows.windows import find_bounds, quote_params
from analytics_ingest.convert.normalize.partition_start import NO_START, is_setting
from analytics_ingest.convert.prose.text.line_subjects import find_first_subject
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_on_other_source

_REQUIRED = (
    r"{param}[^.;]*\b(?:is|are) (?:both |always )?(?:required|mandatory)\b(?! (?:in|for) )"
    r"|{param}[^.;]*\bmust (?:both |always )?be (?:given|sent|set|passed|present)\b"
    r"|\brequires\b[^.;]*{param}"
)
_OTHER = re.compile(
    r"\b(?:one of|either|scopes?|time ?zone|headers?|within the last|no older|begins? on"
    r"|since \d+)\b",
    re.IGNORECASE,
)
_BEGIN = "1970-01-01"
"""No row is older; a document that knows better gives its cursor a first value."""


def infer_required_windows(draft: Draft, prose: Prose) -> None:
    """Add the first value of cursors whose bounds the prose calls required."""
    clauses = [
        (clause, name)
        for clause, name in prose.iterate_statements()
        if not (is_conditional(clause) or is_on_other_source(clause) or _OTHER.search(clause))
    ]
    for resource in draft.resources:
        incremental = draft.find_incremental(resource)
        if not isinstance(incremental, dict) or incremental.get("initial_value"):
            continue
        bounds, quoted = find_bounds(draft, resource), quote_params(resource, incremental)
        names = (None, resource["name"])
        patterns = [_REQUIRED.replace("{param}", re.escape(param)) for param in quoted]
        is_required = any(
            (name or find_first_subject(clause, draft.by_name)) in names
            and any(re.search(pattern, clause, re.IGNORECASE) for pattern in patterns)
            for clause, name in clauses
        )
        if "start" in bounds and is_required:
            _begin(draft, resource, ends="end" in bounds)


def begin_open_windows(draft: Draft) -> None:
    """Add the first value of cursors of which a setting decides it; log where none is sent.

    A request with a start alone would no longer bring rows whose cursor is null.
    """
    for resource in draft.resources:
        incremental, bounds = draft.find_incremental(resource), find_bounds(draft, resource)
        value = draft.open_starts.get(resource["name"], draft.open_starts.get(None, ""))
        is_open = isinstance(incremental, dict) and not incremental.get("initial_value")
        if not (is_open and "start" in bounds):
            continue
        if is_setting(value) and "end" in bounds and not _is_parent(draft, resource):
            _add(draft, resource, {"initial_value": _BEGIN}, "its first value is a setting")
        elif "max_window" not in (incremental or {}):
            why = ", as its first value is a setting" if is_setting(value) else ""
            reason = f"{NO_START}{why}: declare initial_value if the API needs one"
            draft.log.assume(resource["name"], reason)


def _begin(draft: Draft, resource: Json, *, ends: bool) -> None:
    """Begin the first window in 1970; that of a parent ends a second before the present."""
    own: Json = {"initial_value": _BEGIN}
    has_margin = "end_margin" in (draft.find_incremental(resource) or {})
    if ends and _is_parent(draft, resource) and not has_margin:
        own["end_margin"] = "1s"
    _add(draft, resource, own, "the prose requires bounds")


def _is_parent(draft: Draft, resource: Json) -> bool:
    return any(resource["name"] in list_parents(draft, name) for name in draft.by_name)


def _add(draft: Draft, resource: Json, own: Json, why: str) -> None:
    draft.add_to_incremental(resource, own)
    until = " and ends a second before the present" if "end_margin" in own else ""
    reason = f"{why}: its first window begins on {_BEGIN}{until}; declare the true one"
    key = "endpoint.incremental.initial_value"
    draft.log.assume(resource["name"], reason, key=key, comment="no row is older")
