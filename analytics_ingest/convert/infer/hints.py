"""Adds what only sentences say: the error handler, the first page's number, 404 for no rows."""

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
_STARTS = ("start_from_page", "base_page", "page")


def add_error_handler(draft: Draft, prose: Json) -> None:
    """Add the error handler that the prose describes.

    Args:
        prose: The keys of an error handler that sentences give.
    """
    handlers = _list_blocks(draft, "error_handler")
    if not handlers and prose.get("retry_on_status_codes"):
        codes = ", ".join(map(str, prose["retry_on_status_codes"]))
        draft.log.assume(None, f"requests are tried again on {codes}, as the prose says")
        endpoint, place = draft.shared, (None, "resource_defaults.endpoint.error_handler")
        if len(draft.resources) == 1:
            (resource,) = draft.resources
            endpoint, place = resource["endpoint"], (resource["name"], "endpoint.error_handler")
        endpoint["error_handler"] = prose
        draft.log.comments[place] = FROM_TEXT
    elif prose.get("backoff") == "constant":
        _set_constant_backoff(draft, handlers, prose["backoff_factor"])


def _set_constant_backoff(draft: Draft, handlers: list[Json], seconds: float) -> None:
    for handler in handlers:
        if handler.get("backoff_factor", seconds) == seconds:
            handler.setdefault("backoff", "constant")
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


def _start_pages(draft: Draft, first: int) -> None:
    for paginator in _list_blocks(draft, "paginator"):
        is_open = not any(key in paginator for key in _STARTS)
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
