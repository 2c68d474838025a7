"""Logs what a document leaves open, or says twice."""

from analytics_ingest.convert.conversion_log import NO_FIRST_PAGE
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.paging.paging import STARTS

_OF_A_REQUEST = ("path", "method", "params", "json", "data", "headers", "data_selector")


def log_open_points(draft: Draft) -> None:
    """Log first pages that nothing names, equal requests, and what the present is."""
    _log_first_pages(draft)
    _log_present(draft)
    _log_same_requests(draft)


def _log_first_pages(draft: Draft) -> None:
    for resource in draft.resources:
        paginator = draft.find_paginator(resource)
        counts = isinstance(paginator, dict) and paginator.get("type") == "page_number"
        if counts and not any(key in paginator for key in STARTS):
            draft.log.assume(resource["name"], f"{NO_FIRST_PAGE}; declare paginator.base_page")


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
