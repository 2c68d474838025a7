"""Fills `{year}`, `{month}` and `{day}` in a path by parts of the window's start.

Only where a resource names its cursor, and nothing else sends its windows. An example of the path
in the prose, or the words "leading zero", say how a month is written.
"""

import re

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.parents.parent_fields import ParentFields
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.placeholders import list_names
from analytics_ingest.convert.normalize.window_placeholders import (
    find_span,
    lacks_bounds,
    write_dates,
)

_PATTERNS = {
    "year": "%Y",
    "yyyy": "%Y",
    "month": "%m",
    "mm": "%m",
    "day": "%d",
    "dd": "%d",
    "hour": "%H",
}
_MOST_NAMES = 6
"""Placeholders in a path with an example; more would take long to find."""
_NO_ZERO = re.compile(r"\b(?:without|no) (?:an? )?leading zeros?\b", re.IGNORECASE)


def infer_date_parts(draft: Draft, document: Document, parents: ParentFields) -> None:
    """Fill the parts of dates in the path of each resource, unless the prose says: a setting."""
    for resource in draft.resources:
        endpoint = resource["endpoint"]
        path = str(endpoint["path"])
        known = [name for name in list_names(path) if name.lower() in _PATTERNS]
        names = [name for name in known if not parents.explain_setting(resource["name"], name)]
        merged = draft.merge_endpoint(resource)
        is_year = any(_PATTERNS[name.lower()] == "%Y" for name in names)
        is_bound = names != known or bool({*names} & (merged.get("params") or {}).keys())
        if not is_year or is_bound or not lacks_bounds(merged):
            continue
        example = _find_example(path, document)
        has_zero = any(part.startswith("0") for part in example)
        is_short = any(re.fullmatch("[1-9]", part) for part in example)
        patterns = {name: _PATTERNS[name.lower()] for name in names}
        if is_short or (not has_zero and _NO_ZERO.search(document.text)):
            patterns = {name: re.sub("%([mdH])", r"%-\1", text) for name, text in patterns.items()}
        endpoint["path"] = write_dates(path, patterns)
        span = find_span(patterns)
        if "max_window" not in (draft.find_incremental(resource) or {}):
            draft.add_to_incremental(resource, {"max_window": span})
        listed = ", ".join(f"{{{name}}} is {pattern}" for name, pattern in patterns.items())
        draft.log.assume(resource["name"], f"{listed} of the start of its window")


def _find_example(path: str, document: Document) -> list[str]:
    """Find the parts of dates in an example of a path in the prose: `/archive/2026/9.json`."""
    if len(list_names(path)) > _MOST_NAMES:
        return []
    pattern = re.sub(r"\\\{[^{}]*\\\}", r"(\\d{1,4})", re.escape(path))
    for line in document.lines:
        if match := re.search(rf"{pattern}(?!\d)", line.text):
            return list(match.groups())
    return []
