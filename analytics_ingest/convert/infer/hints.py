"""Smaller things that only the prose says: the number of the first page, 404 where nothing is."""

import re
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.lines import plain
from analytics_ingest.convert.python.values import walk

_FIRST_PAGE = re.compile(
    r"\b(?:pages? (?:are |is )?(?:number|count|index|start|begin)\w*|first page"
    r"|start\w* (?:from|at|with) page)\D{0,20}\b([01])\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"\b404\b.*\b(ignor\w+|skip\w+|empty|no (data|records|rows))\b", re.I)
_STARTS = ("start_from_page", "base_page", "page")

Json = dict[str, Any]


def with_hints(api: Json, document: Document, notes: ConversionLog) -> Json:
    """The configuration with what sentences of the prose add to it."""
    sentences = [plain(line.text) for line in document.lines]
    found = (_FIRST_PAGE.search(sentence) for sentence in sentences)
    first = next((int(match[1]) for match in found if match), None)
    if first is not None:
        _start_pages(api, first, notes)
    if any(_NOTHING.search(sentence) for sentence in sentences):
        _ignore_nothing(api, notes)
    return api


def _start_pages(api: Json, first: int, notes: ConversionLog) -> None:
    paginators = [
        part["paginator"]
        for part in walk(api)
        if isinstance(part, dict) and isinstance(part.get("paginator"), dict)
    ]
    for paginator in paginators:
        is_open = not any(key in paginator for key in _STARTS)
        if first and paginator.get("type") == "page_number" and is_open:
            paginator["start_from_page"] = first
            notes.assume(None, f"pages are counted from {first}, as the prose says")


def _ignore_nothing(api: Json, notes: ConversionLog) -> None:
    """An empty listing of a parent is answered with 404; elsewhere 404 is a wrong path."""
    for resource in api["resources"]:
        endpoint = resource["endpoint"]
        if "'type': 'resolve'" in str(endpoint) and "response_actions" not in endpoint:
            endpoint["response_actions"] = [{"status_code": 404, "action": "ignore"}]
            told = "404 means that a parent has no rows, as the prose says"
            notes.assume(resource["name"], told)
