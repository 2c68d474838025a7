"""Declares the order in which the prose says that rows come, where a listing can end by it.

sorted by `updated_at` in descending order     ordered by the cursor, newest first

It changes nothing where requests hold the bound at which the listing would end, and it is not
known where the prose does not say by which field. Oldest first, only a listing that begins at the
window can end before most of its pages.
"""

import re
from collections.abc import Iterator, Sequence

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.windows.cursors import DEFAULT_CURSOR
from analytics_ingest.convert.infer.windows.windows import find_bounds
from analytics_ingest.convert.normalize.selectors import COUNTED
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_DESC = (
    r"descending(?: order)?|desc\b|reversed? chronological(?: order)?"
    r"|(?:newest|latest|most recent|youngest)(?: \w+)? (?:is |are |come )?first"
)
_ASC = (
    r"ascending(?: order)?|asc\b|(?<!reverse )chronological order"
    r"|oldest(?: \w+)? (?:is |are |come )?first"
)
_ORDER = rf"[`*]*(?:(?P<desc>{_DESC})|(?P<asc>{_ASC}))(?![`*]*(?: or\b| ?/))"
_FIELD = r"(?:`(?P<field>[A-Za-z_][\w.]*)`|(?P<cursor>(?:the |its |their )?cursor(?: field)?s?\b))"
_PATTERNS = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        r"\b(?:sort\w*|order\w*|list\w*|return\w*|comes?|arrives?)\b[^`.;]{0,30}? (?:by|on|of)"
        rf"(?: the)? {_FIELD}(?: field| column| value)?,? ?\(?(?:in |with (?:the )?)?{_ORDER}",
        rf"{_ORDER},? (?:by|of|on|order of) {_FIELD}",
        rf"\bsort\w*\W{{1,6}}{_FIELD},? ?\(?(?:in )?{_ORDER}",
    )
)
_ALONE = re.compile(
    rf"\b(?:rows|records|results|items|sorted|ordered|listed|returned|feed|sort\w*)\b"
    rf"(?:(?! by\b)[^`.;]){{0,60}}?\b{_ORDER}(?! (?:by|of)\b)",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:can|allows?|supports?|accepts?|pages?|fields? (?:is|are)|versions?|warehouse|tables?"
    r"|loaded|columns?)\b",
    re.IGNORECASE,
)
"""What says that an order is possible, or that it is one of something else than the rows."""
_WORDS = {"asc": "oldest first", "desc": "newest first"}
_SORTS = re.compile(r"(?:^|_)(?:sort|order|ordering|direction|dir)(?:_|$|by)", re.IGNORECASE)


def infer_row_order(draft: Draft, prose: Prose) -> None:
    """Add the order of rows by their cursor, and log one by a field that the prose leaves open."""
    for clause, subjects in _iterate_clauses(prose):
        stated = next(filter(None, (pattern.search(clause) for pattern in _PATTERNS)), None)
        match = stated or (None if "`" in clause else _ALONE.search(clause))
        if match is None:
            continue
        order = "desc" if match["desc"] else "asc"
        for resource in [draft.by_name[name] for name in subjects] or draft.resources:
            cursor = _find_open_cursor(draft, resource, order)
            if cursor and not stated:
                reason = f"the text says that rows come {_WORDS[order]}, not by which field"
                rest = f"declare incremental.row_order: {order} if by {cursor}"
                draft.log.assume(resource["name"], f"{reason}; {rest}")
            elif stated and cursor and (stated["cursor"] or stated["field"] == cursor):
                _take(draft, resource, order)


def _iterate_clauses(prose: Prose) -> Iterator[tuple[str, Sequence[str]]]:
    for passage in prose.passages:
        for clause in passage.clauses:
            is_stated = is_statement(clause.text) and not is_conditional(clause.text)
            if is_stated and not _UNSURE.search(re.sub(r"`[^`]*`", "``", clause.text)):
                yield clause.text, clause.subjects


def _find_open_cursor(draft: Draft, resource: Json, order: str) -> str | None:
    """Find the cursor of rows that come in no declared order, and whose listing could end by it."""
    incremental, paginator = draft.find_incremental(resource), draft.find_paginator(resource)
    is_paged = isinstance(paginator, dict) and paginator.get("type") != "single_page"
    is_read = is_paged and bool(draft.find_key(resource)) and "changes" not in resource
    if incremental is None or "row_order" in incremental or not is_read:
        return None
    # Counted pages of one that may end early are requested one by one, for the sake of few.
    is_counted = isinstance(paginator, dict) and paginator.get("type") in COUNTED
    bounds = find_bounds(draft, resource)
    ends = "start" not in bounds if order == "desc" else bounds == {"start"} and not is_counted
    return str(incremental.get("cursor_path") or DEFAULT_CURSOR) if ends else None


def _take(draft: Draft, resource: Json, order: str) -> None:
    """Declare an order, unless requests ask for the other one."""
    params = draft.merge_endpoint(resource).get("params") or {}
    asked = " ".join(str(value) for name, value in params.items() if _SORTS.search(name))
    other = r"\basc" if order == "desc" else r"\bdesc|(?:^| )-"
    if re.search(other, asked, re.IGNORECASE):
        reason = f"the text says that rows come {_WORDS[order]}, and requests ask for another order"
        draft.log.assume(resource["name"], f"{reason}: declare incremental.row_order")
        return
    draft.add_to_incremental(resource, {"row_order": order})
    end = "start" if order == "desc" else "end"
    reason = f"incremental.row_order is {order}, as the prose says: paging ends at the {end}"
    place = "endpoint.incremental.row_order"
    draft.log.assume(resource["name"], f"{reason} of the window", key=place, comment=FROM_TEXT)
