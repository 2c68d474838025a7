"""Takes from the prose the first page, the parameters and the end of listings."""

import re
from collections.abc import Iterator
from typing import Any

from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.paging.page_parameters import name_page_parameters
from analytics_ingest.convert.infer.paging.page_roles import take_page_roles
from analytics_ingest.convert.markdown import split_clauses
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_statement

_FIRST_PAGE = re.compile(
    r"\b(?:pages? (?:are |is )?(?:number|count|index|start|begin)\w*|first page"
    r"|start\w* (?:from|at|with) page"
    r"|\bpages?\b[^.;]{0,40}\b(?:start|begin|count)\w* (?:from|at|with))\D{0,20}\b([01])\b"
    r"|\bpages?\b[^.;]{0,40}\b(0|1|zero|one)[- ](?:based|indexed)\b"
    r"|\b(0|1|zero|one)[- ](?:based|indexed)\b[^.;]{0,20}\bpages?\b",
    re.IGNORECASE,
)
_DIGITS = {"zero": 0, "one": 1}
_EMPTY_ENDS = re.compile(
    r"\b(ends?|stops?|until|finish\w*|last page is)\b[^.]{0,80}\b(an?|the|first) empty "
    r"(page|list|response|array)\b|\bempty (page|list|response|array)\b[^.]{0,40}\b(ends?|stops?"
    r"|marks?|signals?|means (?:the )?(?:end|last))\b",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\bonly (?:the )?`(?P<name>[\w\[\].-]+)`(?: \w+)? (?:parameter )?is sent\b", re.IGNORECASE
)
_SIZE = re.compile(r"len|size|limit|per|count|max|rows|take|amount", re.IGNORECASE)
_STOP = re.compile(
    r"\bstops?\b[^.{]{0,80}(?P<expression>\{\{[^{}]*(?:\{\}[^{}]*)*\}\})", re.IGNORECASE
)
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(\d+|{'|'.join(_COUNTS)}) pages\b"
_READ = r"(?:fetched|read|loaded|requested|retrieved)\b"
_FIRST_PAGES = re.compile(
    rf"\b(?:only|at most|no more than)\b(?: the)?(?: first)? {_NUMBER} (?:are|is) {_READ}", re.I
)
STARTS = ("start_from_page", "base_page", "page")
"""Keys of a paginator that say where its pages begin."""
_ENDS = {"stop_condition", "has_more_path"}
_TOKENS = {"page_number": "page_param", "offset": "offset_param"}


def infer_paging(draft: Draft, prose: Prose) -> None:
    """Add what sentences say of paging, where the configuration does not."""
    texts = (to_plain(line.text) for line in prose.document.lines)
    sentences = [sentence for text in texts for sentence in split_clauses(text)]
    if (first := _find_first_page(sentences)) is not None:
        _start_pages(draft, first)
    if any(_EMPTY_ENDS.search(text) for text in filter(is_statement, sentences)):
        _read_to_empty_pages(draft)
    for resource in draft.resources:
        _drop_size(draft, resource)
        _name_size(draft, resource)
    _set_last_pages(draft, prose)
    name_page_parameters(draft, prose)
    take_page_roles(draft, prose)
    for sentence, named in prose.iterate_statements():
        _omit_size(draft, sentence, named)
        _add_stop(draft, sentence, named)


def _find_first_page(sentences: list[str]) -> int | None:
    for sentence in sentences:
        # What follows the number may deny another: "from 1, not 0".
        match = _FIRST_PAGE.search(sentence)
        is_step = match and re.search(r"\bincreas|\bincrement|\bby\b", match[0], re.IGNORECASE)
        if match and not is_step and is_statement(sentence[: match.end()]):
            first = str(match[1] or match[2] or match[3]).lower()
            return _DIGITS[first] if first in _DIGITS else int(first)
    return None


def _start_pages(draft: Draft, first: int) -> None:
    for paginator in draft.list_blocks("paginator"):
        is_open = not any(key in paginator for key in STARTS)
        if paginator.get("type") == "page_number" and is_open:
            paginator["start_from_page"] = first
            draft.log.assume(None, f"pages are counted from {first}, as the prose says")


def _read_to_empty_pages(draft: Draft) -> None:
    for paginator in draft.list_blocks("paginator"):
        counts = paginator.get("type") in ("page_number", "offset")
        if counts and "stop_after_empty_page" not in paginator:
            paginator["stop_after_empty_page"] = True
            draft.log.assume(None, "an empty page ends a listing, as the prose says")


def _set_last_pages(draft: Draft, prose: Prose) -> None:
    """Let a maximum be the number of pages that a sentence names; dlt stops before the maximum."""
    counts = [(m[1].lower(), named) for m, named in _iterate_counts(prose)]
    for resource in draft.resources:
        paginator = draft.find_paginator(resource)
        most = paginator.get("maximum_page") if isinstance(paginator, dict) else None
        first = next((paginator[key] for key in STARTS if key in paginator), 0) if most else 0
        if type(most) is not int or type(first) is not int or first == 0:
            continue
        stated = {str(most), _COUNTS[most] if most < len(_COUNTS) else ""}
        if any(count in stated for count, named in counts if named in (None, resource["name"])):
            resource["endpoint"]["paginator"] = {**paginator, "maximum_page": most + first}
            reason = f"{most} pages are read, as the prose says: maximum_page is the one after them"
        else:
            reason = f"the last page is {most - 1}: dlt stops before maximum_page"
        draft.log.assume(resource["name"], reason)


def _iterate_counts(prose: Prose) -> Iterator[tuple[re.Match[str], str | None]]:
    """Yield the numbers of pages that lines name, with the resource that each speaks of."""
    for line, named in prose.iterate_lines():
        for clause in line.clauses:
            match = _FIRST_PAGES.search(clause)
            if match and is_statement(clause[: match.start()]):
                yield match, named


def _drop_size(draft: Draft, resource: Json) -> None:
    """Send no size where a document says that no parameter takes it: `limit_param: None`."""
    paginator = draft.find_paginator(resource)
    if not isinstance(paginator, dict) or paginator.get("type") != "offset":
        return
    if paginator.get("limit_param", "limit") is None and "limit_body_path" not in paginator:
        _send_no_size(draft, resource, paginator, "no size is sent: limit_param is None")


def _send_no_size(draft: Draft, resource: Json, paginator: Json, reason: str) -> None:
    kept = {key: value for key, value in paginator.items() if key != "limit_param"}
    resource["endpoint"]["paginator"] = {**kept, "limit": None}
    draft.log.assume(resource["name"], reason)


def _name_size(draft: Draft, resource: Json) -> None:
    """Name the parameter of the size where another parameter holds the very limit."""
    paginator = draft.find_paginator(resource)
    limit = paginator.get("limit") if _is_offset_without_size(paginator) else None
    if limit is None:
        return
    params = draft.merge_endpoint(resource).get("params") or {}
    names = [key for key, value in params.items() if str(value) == str(limit) and _SIZE.search(key)]
    if len(names) == 1 and names != ["limit"]:
        resource["endpoint"]["paginator"] = {**paginator, "limit_param": names[0]}
        reason = f"{names[0]} is the size of its pages: it is the paginator's limit"
        draft.log.assume(resource["name"], reason)


def _is_offset_without_size(paginator: Any) -> bool:
    """Return whether a paginator is an offset that does not say how its size is sent."""
    is_offset = isinstance(paginator, dict) and paginator.get("type") == "offset"
    return is_offset and not {"limit_param", "limit_body_path"} & paginator.keys()


def _omit_size(draft: Draft, text: str, named: str | None) -> None:
    """Send no size with an offset where a sentence says that the offset alone is sent."""
    match = _ONLY.search(text)
    for resource in draft.list_named(named):
        paginator = draft.find_paginator(resource)
        if match is None or not _is_offset_without_size(paginator):
            continue
        if paginator.get("offset_param", "offset") == match["name"]:
            reason = f"{match['name']} alone is sent, as the prose says; no size"
            _send_no_size(draft, resource, paginator, reason)


def _add_stop(draft: Draft, text: str, named: str | None) -> None:
    """Add the expression that ends a listing by cursor."""
    match = _STOP.search(text)
    if match is None or text.count("{{") != 1 or "response" not in match["expression"]:
        return
    if find_problem(match["expression"]):
        return
    for resource in draft.list_named(named):
        paginator = draft.find_paginator(resource)
        if not isinstance(paginator, dict) or not _ENDS.isdisjoint(paginator):
            continue
        if paginator.get("type") in _TOKENS:
            reason = f'the prose ends its pages by "{match["expression"]}"'
            rest = "nothing in the declaration does: declare paginator.stop_condition if needed"
            draft.log.assume(resource["name"], f"{reason}; {rest}")
        elif paginator.get("type") == "cursor":
            changed = {**paginator, "stop_condition": match["expression"]}
            resource["endpoint"]["paginator"] = changed
            reason = "its paginator's stop_condition is that of the prose"
            draft.log.assume(resource["name"], reason)
