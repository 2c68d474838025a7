"""Settles whether the date that ends a window is its last day or the day after it.

It matters where rows have no date but that of their window: a later end adds another day to them.
"""

import re

from analytics_ingest.common.cursor import writes_dates
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.lines import iterate_statements
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds

_INCLUSIVE = re.compile(r"\binclusive\b", re.IGNORECASE)
_ON_END = re.compile(r"\b(?:ends?|until|both|bounds?|windows?|range)\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:exclusive|excluded|excludes|start\w*|respon\w*|rows?)\b", re.IGNORECASE)


def infer_inclusive_ends(draft: Draft, document: Document) -> None:
    """Send the last day of a window where the prose calls it inclusive, and log where it may be."""
    stated = _list_stated(draft, document)
    for resource in draft.resources:
        merged = draft.merge_endpoint(resource)
        if not _have_date_of_window(draft, resource, merged):
            continue
        name, endpoint = resource["name"], resource["endpoint"]
        if name in stated or None in stated:
            endpoint["incremental"] = {**merged["incremental"], "inclusive_end": True}
            reason = "the last day of its window is sent as the end, as the prose says"
            place = "endpoint.incremental.inclusive_end"
            draft.log.assume(name, reason, key=place, comment=FROM_TEXT)
        else:
            draft.log.assume(
                name,
                "rows have the date of their window, whose end is sent as the day after it; if the "
                "API includes that day, declare incremental.inclusive_end: true",
            )


def _list_stated(draft: Draft, document: Document) -> list[str | None]:
    """List the resources of whose windows a sentence says that the end is inclusive."""
    return [
        named
        for text, named in iterate_statements(document, draft.by_name)
        if _INCLUSIVE.search(text) and _ON_END.search(text)
        if not _OTHER.search(text)
    ]


def _have_date_of_window(draft: Draft, resource: Json, endpoint: Json) -> bool:
    """Return whether steps write the window into rows, and requests hold its end as a date."""
    incremental = endpoint.get("incremental")
    if not isinstance(incremental, dict) or "inclusive_end" in incremental:
        return False
    steps = resource.get("processing_steps") or draft.defaults.get("processing_steps") or []
    is_of_dates = writes_dates(str(incremental.get("param_format", "iso8601")))
    sends_end = "end" in find_sent_bounds(endpoint)
    return is_of_dates and sends_end and bool(find_references(steps).bounds)
