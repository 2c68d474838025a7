"""Logs what paginators leave to defaults that only their code tells.

{type: cursor, cursor_path: next}                      the parameter is `cursor`
{type: cursor, cursor_path: …, limit: 100}             the size is not sent
{type: offset, offset_param: skip}                     the size is 100, sent as `limit`

An offset and a page number are sent by the names of their types, which their readers know.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.paging.next_cursors import is_address
from analytics_ingest.convert.normalize.similar_words import spell
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional
from analytics_ingest.paginators import list_paginator_types
from analytics_ingest.paginators.offset import DEFAULT_LIMIT, Offset

_SENT = ("params", "json", "data", "headers", "graphql")
_SIZE = re.compile(
    r"(?:^|_)(?:per_?page|(?:max_?|page_?)?size|limit|count|(?:max_?)?results|take|top|first|rows"
    r"|length)(?:_|$)"
)
"""A name that is that of a page size, in snake case."""
_IS_FIXED = re.compile(
    r"\bno (?:page[- ]?size|size|limit)(?: parameter)? (?:is|can be) (?:sent|set|passed|given)\b"
    r"|\bno (?:parameter|param) (?:for|sets|changes|takes) (?:the )?(?:page )?(?:size|limit)\b"
    r"|\b(?:page size|size of (?:a |the )?pages?|number of \w+ per page)[^.;]{0,30}? (?:is|are)"
    r" (?:always )?(?:fixed|constant|hard-?coded|not (?:sent|configurable|adjustable|changeable))\b"
    r"|\b(?:fixed|constant) page size\b"
    r"|\b(?:page size|size of (?:a |the )?pages?)[^.;]{0,30}? (?:cannot|can ?not|can't) be"
    r" (?:changed|set|sent|configured|chosen)\b",
    re.IGNORECASE,
)
"""What says that requests carry no page size."""
_IS_SENT = re.compile(r"\b(?:sent|passed|given|set) (?:as|in|with|by|via|through)\b", re.IGNORECASE)
_IS_PARAMETER = re.compile(
    r"\b(?:param\w*|query|sent|sends?|pass\w*|back)\b[^`]{0,40}`cursor`"
    r"|`cursor`[^`]{0,20}\bparam|\bcursor=",
    re.IGNORECASE,
)


def log_paging_defaults(draft: Draft, prose: Prose) -> None:
    """Log the page sizes that no request carries, and the cursors whose parameter none names."""
    is_named = any(_IS_PARAMETER.search(text) for text, _ in prose.iterate_statements())
    fixed = {
        named
        for line, named in prose.iterate_lines()
        for clause in line.clauses
        if _IS_FIXED.search(clause) and not (_IS_SENT.search(clause) or is_conditional(clause))
    }
    for resource in draft.resources:
        paginator = draft.find_paginator(resource)
        if paginator is None and resource["name"] in draft.described:
            reason = "no paging is stated of it; declare paginator if it has several pages"
            draft.log.assume(resource["name"], reason)
        if not isinstance(paginator, dict):
            continue
        is_fixed = any(named in (None, resource["name"]) for named in fixed)
        if not (is_fixed or _sends_size(draft, resource, paginator)):
            is_body = any(key.endswith("_body_path") for key in paginator)
            what = "the size in json" if is_body else "paginator.limit_param"
            reason = "the page size of its paginator is not sent: nothing declares its parameter"
            draft.log.assume(resource["name"], f"{reason}; declare {what}")
        if name := _find_default_size(draft, resource, paginator):
            reason = f"pages of {DEFAULT_LIMIT} rows are requested by {name}, as the document names"
            rest = (
                "no page size; declare paginator.limit and limit_param, or limit: null to send none"
            )
            draft.log.assume(resource["name"], f"{reason} {rest}")
        if not is_named and _sends_by_default(paginator):
            unless = ", unless it is an address" if paginator["type"] == "cursor" else ""
            reason = f"its next cursor is sent as cursor, dlt's default{unless}"
            draft.log.assume(
                resource["name"], f"{reason}: no parameter is named; declare paginator.cursor_param"
            )


def _sends_size(draft: Draft, resource: Json, paginator: Json) -> bool:
    """Return whether requests carry the size of a paginator, or it has none."""
    kind = list_paginator_types().get(str(paginator.get("type")))
    is_open = kind and "limit" in kind.params and kind.params["limit"] is None
    limit = paginator.get("limit")
    if not is_open or limit is None or {"limit_param", "limit_body_path"} & paginator.keys():
        return True
    number = re.compile(rf"(?<![\d.]){re.escape(str(limit))}(?![\d.])")
    return any(
        _SIZE.search(spell(key)) or number.search(value)
        for key, value in _iterate_sent(draft, resource)
    )


def _find_default_size(draft: Draft, resource: Json, paginator: Json) -> str | None:
    """Find as what the page size of an offset is sent that nothing declares."""
    if paginator.get("type") != Offset.name or "limit" in paginator:
        return None
    default = paginator.get("limit_body_path", Offset.params["limit"])
    name = str(paginator.get("limit_param", default))
    sent = {key for key, _ in _iterate_sent(draft, resource)}
    return None if name.rpartition(".")[2] in sent else name


def _iterate_sent(draft: Draft, resource: Json) -> Iterator[tuple[str, str]]:
    """Yield the names and values that requests of a resource hold, besides those of paging."""
    endpoint = draft.merge_endpoint(resource)
    yield "", str(endpoint.get("path")).partition("?")[2]
    blocks: list[Any] = [endpoint.get(key) for key in _SENT]
    for part in walk([*blocks, draft.client.get("headers")]):
        if isinstance(part, Mapping):
            yield from ((str(key), str(value)) for key, value in part.items())


def _sends_by_default(paginator: Json) -> bool:
    """Return whether a paginator sends a cursor under the name of dlt's default."""
    is_cursor = paginator.get("type") in ("cursor", "header_cursor")
    place = str(paginator.get("cursor_path", paginator.get("cursor_value"))).strip("{} ")
    named = {"cursor_param", "cursor_body_path"} & paginator.keys()
    return is_cursor and not named and not is_address(place)
