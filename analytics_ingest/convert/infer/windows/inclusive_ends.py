"""Settles whether the date that ends a window is its last day or the day after it.

It matters where rows have no date but that of their window: a later end adds another day to them.
"""

import re

from analytics_ingest.common.cursor import writes_dates
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds

_INCLUSIVE = re.compile(r"\binclusive\b", re.IGNORECASE)
_ON_END = re.compile(r"\b(?:ends?|until|both|bounds?|windows?|range)\b", re.IGNORECASE)
_SAME_DAY = re.compile(
    r"\b(?:starts?|begins?) and ends? (?:on|with) the same (?:day|date)\b"
    r"|\bsame (?:day|date) (?:is sent )?(?:as|for|in) both\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"\b(?:exclusive|excluded|excludes|start\w*|respon\w*|rows?)\b", re.IGNORECASE)


def infer_inclusive_ends(draft: Draft, prose: Prose) -> None:
    """Send the last day of a window where the prose calls it inclusive, and log where it may be."""
    stated, same_day = _list_stated(draft, prose)
    for resource in draft.resources:
        merged = draft.merge_endpoint(resource)
        name, endpoint = resource["name"], resource["endpoint"]
        is_same_day = name in same_day and _sends_end_as_date(merged)
        if not (is_same_day or _have_date_of_window(draft, resource, merged)):
            continue
        if is_same_day or name in stated or None in stated:
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


def _list_stated(draft: Draft, prose: Prose) -> tuple[list[str | None], list[str | None]]:
    """List the resources whose windows have an inclusive end, and those with windows of a day."""
    texts = list(prose.iterate_statements())
    inclusive = [
        named
        for text, named in texts
        if _INCLUSIVE.search(text) and _ON_END.search(text) and not _OTHER.search(text)
    ]
    same_day = [named or draft.only_name for text, named in texts if _SAME_DAY.search(text)]
    return inclusive, same_day


def _have_date_of_window(draft: Draft, resource: Json, endpoint: Json) -> bool:
    """Return whether steps write the window into rows, and requests hold its end as a date."""
    steps = resource.get("processing_steps") or draft.defaults.get("processing_steps") or []
    return _sends_end_as_date(endpoint) and bool(find_references(steps).bounds)


def _sends_end_as_date(endpoint: Json) -> bool:
    """Return whether the end of a window is sent as a date, and nothing says which."""
    incremental = endpoint.get("incremental")
    if not isinstance(incremental, dict) or "inclusive_end" in incremental:
        return False
    is_of_dates = writes_dates(str(incremental.get("param_format", "iso8601")))
    return is_of_dates and "end" in find_sent_bounds(endpoint)
