"""Logs what a document leaves open, or says twice."""

import re

from analytics_ingest.convert.conversion_log import NO_FIRST_PAGE
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.paging.paging import STARTS
from analytics_ingest.convert.normalize.selectors import COUNTED

_LIMIT = re.compile(
    r"[<>=]=? *(?:int\()?config(?:\.get\(|\.|\[) *['\"]?(\w+)"
    r"|(?:\b|_)(?:page|offset)(?:s|_?(?:number|num|no|index|count))?['\"\])]* *[<>=]=? *(\d+)"
)
"""What compares a page with a setting or a number."""
_IS_EMPTY = re.compile(
    r"\blen\w*\b[^<>=]*(?:== *0|< *(?:\d|config))|== *\[\]|(?:\b|_)empty(?:_|\b)"
    r"|^\W*not [\w.\['\"\]()]*\b(?:data|results?|items|records|rows)['\"\])]*$"
)
"""What ends pages where there are no more rows, as they end anyway."""
_LONGEST = 300
"""Characters of a condition that are read and shown."""
_OTHER_ENDS = ("has_more_path", "total_path", "total_pages_path", "maximum_page", "maximum_offset")
_OF_A_REQUEST = ("path", "method", "params", "json", "data", "headers", "data_selector")


def log_open_points(draft: Draft) -> None:
    """Log first pages that nothing names, equal requests, what the present is, and lost ends."""
    _log_ends(draft)
    _log_first_pages(draft)
    _log_present(draft)
    _log_same_requests(draft)


def _log_first_pages(draft: Draft) -> None:
    for resource in draft.resources:
        paginator = draft.find_paginator(resource)
        counts = isinstance(paginator, dict) and paginator.get("type") == "page_number"
        if counts and not any(key in paginator for key in STARTS):
            draft.log.assume(resource["name"], f"{NO_FIRST_PAGE}; declare paginator.base_page")


def _log_ends(draft: Draft) -> None:
    """Log the conditions that pages end by, where pages that are counted end otherwise."""
    for name, holder in ((None, draft.client), *draft.iterate_endpoints()):
        paginator = holder.get("paginator")
        if not isinstance(paginator, dict) or paginator.get("type") not in COUNTED:
            continue
        stop = str(paginator.pop("stop_condition", ""))[:_LONGEST]
        if not stop or _IS_EMPTY.search(stop) or {*_OTHER_ENDS} & paginator.keys():
            continue
        most = "maximum_page" if paginator["type"] == "page_number" else "maximum_offset"
        limit = _LIMIT.search(stop)
        if limit:
            reason = f"the number of pages is not limited by {limit[1] or limit[2]}: all are read"
            draft.log.assume(name, f"{reason}; declare paginator.{most} to read fewer")
        else:
            reason = f'pages end at the first without rows, not by "{stop}"'
            rest = "declare paginator.has_more_path, or the path of a total, if the API needs it"
            draft.log.assume(name, f"{reason}; {rest}")


def _log_present(draft: Draft) -> None:
    if "day_delta(" in str(draft.attributes):
        reason = "the present, where the document's code reads it, is that of each request, in UTC"
        draft.log.assume(None, reason)


def _log_same_requests(draft: Draft) -> None:
    same: dict[str, list[str]] = {}
    for resource in draft.resources:
        endpoint = draft.merge_endpoint(resource)
        request = repr([endpoint.get(key) for key in _OF_A_REQUEST])
        same.setdefault(request, []).append(resource["name"])
    for first, *others in same.values():
        if others and "processing_steps" not in draft.by_name[first]:
            names = ", ".join([first, *others])
            draft.log.assume(None, f"{names} make the same request and get the same rows")
