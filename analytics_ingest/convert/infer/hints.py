"""Adds what only sentences say: error handlers, the first and the last page, and 404."""

import re

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.lines import to_plain

_FIRST_PAGE = re.compile(
    r"\b(?:pages? (?:are |is )?(?:number|count|index|start|begin)\w*|first page"
    r"|start\w* (?:from|at|with) page)\D{0,20}\b([01])\b",
    re.IGNORECASE,
)
_NO_ROWS = re.compile(r"\b404\b.*\b(ignor\w+|skip\w+|empty|no (data|records|rows))\b", re.I)
_EMPTY_ENDS = re.compile(
    r"\b(ends?|stops?|until|finish\w*|last)\b[^.]*\b(an?|the|first) empty "
    r"(page|list|response|array)\b|\bempty (page|list|response|array)\b[^.]*\b(ends?|stops?"
    r"|marks?|means|signals?)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(no|not|never|without)\b|n't\b", re.IGNORECASE)
_LEAST_RETRIED = (429, 500, 502, 503, 504)
"""What prose means at least."""
STARTS = ("start_from_page", "base_page", "page")
"""Keys of a paginator that say where its pages begin."""


def add_error_handler(draft: Draft, prose: Json) -> None:
    """Add the error handler that the prose describes.

    Args:
        prose: The keys of an error handler that sentences give.
    """
    handlers = _list_blocks(draft, "error_handler")
    if not handlers and (named := prose.get("retry_on_status_codes")):
        reason = f"requests are tried again on {_join_codes(named)}, as the prose says"
        # Prose names examples: less than without a handler is not meant.
        if rest := [code for code in _LEAST_RETRIED if code not in named]:
            prose = {**prose, "retry_on_status_codes": [*named, *rest]}
            reason = f"{reason}, and on {_join_codes(rest)}, as without a handler"
        draft.log.assume(None, reason)
        endpoint, place = draft.shared, (None, "resource_defaults.endpoint.error_handler")
        if len(draft.resources) == 1:
            (resource,) = draft.resources
            endpoint, place = resource["endpoint"], (resource["name"], "endpoint.error_handler")
        endpoint["error_handler"] = prose
        draft.log.comments[place] = FROM_TEXT
    elif prose.get("backoff") == "constant":
        _set_constant_backoff(draft, handlers, prose["backoff_factor"])


def _join_codes(codes: list[int]) -> str:
    return ", ".join(map(str, codes))


def _set_constant_backoff(draft: Draft, handlers: list[Json], seconds: float) -> None:
    for handler in handlers:
        if handler.get("backoff_factor", seconds) == seconds:
            handler.setdefault("backoff", "constant")
            handler["backoff_factor"] = seconds
    draft.log.assume(None, f"the wait between tries is {seconds} s each time, as the prose says")
    for resource in draft.resources:
        draft.log.comments[resource["name"], "endpoint.error_handler.backoff"] = FROM_TEXT


def add_hints(draft: Draft, document: Document) -> None:
    """Add what single sentences of the prose say."""
    sentences = [to_plain(line.text) for line in document.lines]
    matches = (_FIRST_PAGE.search(sentence) for sentence in sentences)
    first = next((int(match[1]) for match in matches if match), None)
    if first:
        _start_pages(draft, first)
    if any(_NO_ROWS.search(sentence) for sentence in sentences):
        _ignore_missing_listings(draft)
    if any(_EMPTY_ENDS.search(text) and not _DENIAL.search(text) for text in sentences):
        _read_to_empty_pages(draft)


def _read_to_empty_pages(draft: Draft) -> None:
    for paginator in _list_blocks(draft, "paginator"):
        counts = paginator.get("type") in ("page_number", "offset")
        if counts and "stop_after_empty_page" not in paginator:
            paginator["stop_after_empty_page"] = True
            draft.log.assume(None, "an empty page ends a listing, as the prose says")


def _start_pages(draft: Draft, first: int) -> None:
    for paginator in _list_blocks(draft, "paginator"):
        is_open = not any(key in paginator for key in STARTS)
        if paginator.get("type") == "page_number" and is_open:
            paginator["start_from_page"] = first
            draft.log.assume(None, f"pages are counted from {first}, as the prose says")


def _ignore_missing_listings(draft: Draft) -> None:
    """Ignore 404 where a parent's empty listing may be answered so; elsewhere a path is wrong."""
    for resource in draft.resources:
        endpoint = resource["endpoint"]
        if "'type': 'resolve'" in str(endpoint) and "response_actions" not in endpoint:
            endpoint["response_actions"] = [{"status_code": 404, "action": "ignore"}]
            reason = "404 means that a parent has no rows, as the prose says"
            draft.log.assume(resource["name"], reason)


def _list_blocks(draft: Draft, key: str) -> list[Json]:
    """List all blocks of a key."""
    parts = [part for part in walk(draft.attributes) if isinstance(part, dict)]
    return [part[key] for part in parts if isinstance(part.get(key), dict)]
