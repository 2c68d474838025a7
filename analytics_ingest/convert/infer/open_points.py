"""Logs what a document leaves open, or says twice."""

import re

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.paging_words import STARTS
from analytics_ingest.convert.markdown import Document, Line

_HEADER = re.compile(r"\bheader\b[^.]*?[`'\"](?P<name>[A-Za-z][\w-]*)[`'\"]", re.IGNORECASE)
_OF_A_REQUEST = ("path", "method", "params", "json", "data", "headers", "data_selector")


def log_open_points(draft: Draft, document: Document) -> None:
    """Log first pages that nothing names, another header of the key, and equal requests."""
    _log_first_pages(draft)
    _log_other_header(draft, document)
    _log_same_requests(draft)


def _log_first_pages(draft: Draft) -> None:
    for resource in draft.resources:
        paginator = draft.find_paginator(resource)
        counts = isinstance(paginator, dict) and paginator.get("type") == "page_number"
        if counts and not any(key in paginator for key in STARTS):
            reason = "pages are counted from 0, as in Airbyte: the document names no first page"
            draft.log.assume(resource["name"], f"{reason}; declare paginator.base_page: 1")


def _log_other_header(draft: Draft, document: Document) -> None:
    """Log a header of the key that the prose spells otherwise than the configuration."""
    auth = draft.client.get("auth")
    if not isinstance(auth, dict) or auth.get("type") != "api_key":
        return
    if auth.get("location", "header") != "header":
        return
    own = str(auth.get("name", ""))
    named = filter(None, map(_find_header, document.lines))
    if other := next((name for name in named if name.lower() != own.lower()), None):
        draft.log.assume(None, f"the key is sent in {own}; the prose says {other}")


def _find_header(line: Line) -> str | None:
    """Find the header of a key that a line of a section on authentication names."""
    if not any("auth" in heading.lower() for heading in line.headings):
        return None
    match = _HEADER.search(line.text)
    return match["name"] if match and "key" in line.text.lower() else None


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
