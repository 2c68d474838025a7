"""Infers where a page holds the next cursor, from the condition that ends the listing.

not response.get('paging', {}).get('after')   →   paging.after
response['next'] is none                      →   next
"""

import re
from typing import Any

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_statement

_NAMED = r"\s*['\"][^'\"]+['\"]\s*"
_STEP = rf"(?:\.(?!get\b)\w+|\[{_NAMED}\]|\.get\({_NAMED}(?:,[^()]*)?\))"
_MISSING = re.compile(
    rf"\s*(?P<negated>not\s+)?response(?P<steps>{_STEP}+)"
    r"(?(negated)|(?:\s*(?:is|==)\s*(?:none|null|None|\"\"|'')|\s+is\s+not\s+defined))\s*"
)
_CURSOR = re.compile(
    r"next|cursor|after|token|continu|marker|bookmark|scroll|last_?id|since_?id|start|offset|page"
    r"|link|url|href",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"(?:^|_)(?:has|is|more|exists|available|total|count)(?:_|$)|^(?:has|is)[A-Z]|More|Exists"
    r"|^(?:is)?last(?:_?page)?$|^pages?$",
)
_LINK_HEADER = re.compile(r"[`*\"]*\bLink\b[`*\"]* (?:response )?header|\bheaders?,? [`*\"]*Link\b")
_COMMENT = re.compile(r"(?:#|//)\s*(\S.*)$", re.MULTILINE)
_PLACES = ("cursor_path", "cursor_value")
_WHOLE_LINK = re.compile(r"headers(?:\.link|\[['\"]link['\"]\])", re.IGNORECASE)
_LINK = re.compile(r"(^|[._])(url|href)$|^(response\.)?headers\.link\.", re.IGNORECASE)


def infer_next_cursors(draft: Draft, prose: Prose) -> None:
    """Add the places of cursors that conditions name, and follow those that are addresses."""
    statements = [text for text, _ in prose.iterate_statements()]
    comments = [text for block in prose.document.blocks for text in _COMMENT.findall(block.text)]
    statements += filter(is_statement, comments)
    names_link = any(map(_LINK_HEADER.search, statements))
    for resource in draft.resources:
        paginator = draft.find_paginator(resource)
        if names_link and _is_cursor_of_a_link(paginator):
            resource["endpoint"]["paginator"] = {"type": "header_link"}
            reason = "the next page is in the header Link, as the prose says; it is followed"
            draft.log.assume(resource["name"], reason)
            continue
        if not isinstance(paginator, dict) or paginator.get("type") != "cursor":
            continue
        if _WHOLE_LINK.fullmatch(str(paginator.get("cursor_path"))):
            reason = "the link to the next page in the header Link is followed, and any other text"
            draft.log.assume(resource["name"], f"{reason} in it is sent back as the cursor")
        name, changed = resource["name"], dict(paginator)
        rows = draft.merge_endpoint(resource).get("data_selector")
        path = _find_place(paginator)
        if path not in (None, rows) and not any(key in paginator for key in _PLACES):
            changed["cursor_path"] = path
            draft.log.assume(name, f"the next cursor is {path}, by the paginator's stop_condition")
        if _LINK.search(str(changed.get("cursor_path"))) and changed.pop("cursor_param", None):
            reason = f"{changed['cursor_path']} is an address, which is followed: no param sends it"
            draft.log.assume(name, reason)
        _add_one(draft, name, changed, statements)
        if changed != paginator:
            resource["endpoint"]["paginator"] = changed


def _add_one(draft: Draft, name: str, paginator: Json, statements: list[str]) -> None:
    """Send the cursor of a page plus one where a sentence says so: `page.current + 1`."""
    path = str(paginator.get("cursor_path"))
    stated = re.compile(rf"`{re.escape(path)} ?\+ ?1`|`{re.escape(path)}` ?(?:\+ ?1\b|plus one\b)")
    if not re.fullmatch(r"\w+(?:\.\w+)*", path) or not any(map(stated.search, statements)):
        return
    del paginator["cursor_path"]
    paginator["cursor_value"] = f"{{{{ response.{path} + 1 }}}}"
    paginator.setdefault("stop_condition", f"{{{{ response.{path} is none }}}}")
    draft.log.assume(name, f"the next page is {path} + 1, as the prose says")


def _is_cursor_of_a_link(paginator: Any) -> bool:
    """Return whether a paginator reads a header `next`, which the Link header has as a relation."""
    is_header = isinstance(paginator, dict) and paginator.get("type") == "header_cursor"
    return is_header and str(paginator.get("cursor_key", "next")).lower() in ("next", "link")


def is_address(place: str) -> bool:
    """Return whether the name of a place says that it holds the address of the next page."""
    return bool(_LINK.search(place) or _WHOLE_LINK.fullmatch(place))


def log_missing_cursors(draft: Draft) -> None:
    """Log the resources that would load only their first page."""
    for resource in draft.resources:
        paginator = draft.find_paginator(resource)
        is_cursor = isinstance(paginator, dict) and paginator.get("type") == "cursor"
        if is_cursor and not any(key in paginator for key in _PLACES):
            draft.log.assume(
                resource["name"],
                "the document does not say where an answer holds the cursor: declare "
                "paginator.cursor_path, or no more than the first page may be loaded",
            )


def _find_place(paginator: Json) -> str | None:
    match = _MISSING.fullmatch(str(paginator.get("stop_condition", "")))
    if match is None:
        return None
    names = [_read_name(step) for step in re.findall(_STEP, match["steps"])]
    is_cursor = _CURSOR.search(names[-1]) and not _FLAG.search(names[-1])
    return ".".join(names) if is_cursor else None


def _read_name(step: str) -> str:
    quoted = re.search(r"['\"]([^'\"]+)['\"]", step)
    return quoted[1] if quoted else step.lstrip(".")
