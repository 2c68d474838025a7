"""Finds how long windows are of which requests hold only the start: it names a day or a month.

/archive/{{ start.split('-')[0] }}/{{ start.split('-')[1] }}.json     is the archive of a month
"""

import re
from datetime import timedelta

from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.windows.window_lengths import WindowLength
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds
from analytics_ingest.declaration.models.incremental import SHORTEST_MONTH
from analytics_ingest.declaration.models.scalars import format_duration

_LONGEST_MONTH = timedelta(days=31)
SHORTEST_DAY = ("1d", "24h")
_ON_MONTHS = re.compile(r"\bmonth|P\d+M\b", re.IGNORECASE)
_EXPRESSION = re.compile(r"\{\{.*?\}\}")
_SPLIT = re.compile(r"split\(\s*['\"]-['\"]\s*\)\s*\[\s*(?P<part>[012])\s*\]")
_SLICE = re.compile(r"\[\s*(?P<begin>\d?)\s*:\s*(?P<end>\d{1,2})\s*\]")
_CODE = re.compile(r"%-?([A-Za-z])")
_SPLIT_PARTS = {"0": "Y", "1": "m", "2": "d"}
_SLICE_PARTS = {("", "4"): "Y", ("0", "4"): "Y", ("5", "7"): "m", ("", "7"): "Ym", ("0", "7"): "Ym"}
_MONTH = {"Y", "m"}


def find_longest(sent: set[str], length: WindowLength) -> str | None:
    """Find the longest window of requests, of which prose states a length; None if none is one.

    Args:
        sent: The bounds that requests hold. The start alone may name a day, a week or a month.
    """
    if {"start", "end"} <= sent:
        return length.length
    if "start" not in sent:
        return None
    if length.length in SHORTEST_DAY:
        return length.length
    span = timedelta(seconds=length.seconds)
    if not length.is_step or span <= SHORTEST_MONTH:
        return length.length if length.is_step else None
    is_month = span <= _LONGEST_MONTH and _ON_MONTHS.search(length.text)
    return format_duration(SHORTEST_MONTH) if is_month else None


def infer_months(draft: Draft) -> None:
    """Add that a window is a month where a path holds the year and the month of its start only."""
    for resource in draft.resources:
        merged = draft.merge_endpoint(resource)
        incremental = draft.find_incremental(resource)
        if not isinstance(incremental, dict) or "max_window" in incremental:
            continue
        if find_sent_bounds({**merged, "path": "/"}) or not _is_by_month(merged):
            continue
        longest = format_duration(SHORTEST_MONTH)
        draft.add_to_incremental(resource, {"max_window": longest})
        reason = "its path holds the year and the month of the start of its window"
        draft.log.assume(resource["name"], f"{reason}: incremental.max_window is {longest}")


def _is_by_month(endpoint: Json) -> bool:
    """Return whether a path holds the year and the month of a window's start, and not its day."""
    parts = set[str]()
    for expression in _EXPRESSION.findall(str(endpoint.get("path"))):
        if bounds := find_references(expression).bounds:
            parts |= _list_parts(expression) if bounds == {"start"} else {"?"}
    return parts == _MONTH


def _list_parts(expression: str) -> set[str]:
    """List the parts of a date that an expression takes, as strftime calls them."""
    if split := _SPLIT.search(expression):
        return {_SPLIT_PARTS[split["part"]]}
    if cut := _SLICE.search(expression):
        return {*_SLICE_PARTS.get((cut["begin"], cut["end"]), "?")}
    return {*_CODE.findall(expression)} or {"?"}
