"""Moves what paginators send into the bodies of requests, where they say so.

    {type: cursor, cursor_path: next, cursor_body_path: after, page_size: 100, size_location: body,
     page_size_param: size}
    → {type: cursor, cursor_path: next, cursor_body_path: after}, and json: {size: 100}

Only an offset writes its size into a body by itself. That of the other types never changes, so it
is a part of the body like any other, of each endpoint that the paginator pages.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.request_places import (
    PLACE_KEYS,
    find_block,
    find_place_key,
)
from analytics_ingest.convert.normalize.similar_words import spell

TOKENS = {"offset": "offset", "page_number": "page", "cursor": "cursor"}
"""Type of paginator → what its requests carry."""
_WORDS = {
    "limit": r"(?:page_)?(?:size|limit)|per_page|count|max_results",
    "offset": "offset|skip",
    "page": r"page(?:_number)?",
    "cursor": r"(?:next_|page_)*(?:cursor|token)",
}
_PLACE = "|".join(PLACE_KEYS)


def move_paging_of_all(draft: Draft) -> None:
    """Move what the paginators of the client, of the defaults and of each resource send."""
    own = [resource["endpoint"] for resource in draft.resources]
    inheriting = [endpoint for endpoint in own if "paginator" not in endpoint]
    shared = draft.shared.get("paginator")
    for endpoint in own:
        _move(endpoint.get("paginator"), endpoint, [endpoint])
    # A body of all is not for those that are paged otherwise.
    heirs = [draft.shared] if len(inheriting) == len(own) else inheriting
    _move(shared, draft.shared, heirs)
    _move(draft.client.get("paginator"), draft.shared, heirs if shared is None else [])


def _move(paginator: Any, endpoint: Json, paged: list[Json]) -> None:
    """Move what a paginator sends.

    Args:
        endpoint: The one beside it, or what endpoints share.
        paged: The endpoints that it pages.
    """
    if isinstance(paginator, dict):
        _move_named(paginator)
        _move_all(paginator, endpoint)
        _move_size(paginator, paged)


def _move_named(paginator: Json) -> None:
    """Read keys that say where one value is sent: `page_size_location: body`."""
    token = TOKENS.get(str(paginator.get("type")), "")
    for name in filter(None, ("limit", token)):
        for key, block in list(_find_places(paginator, name)):
            del paginator[key]
            sent = paginator.get(f"{name}_param", None if name == "limit" else token)
            if block in ("json", "data") and sent and f"{name}_body_path" not in paginator:
                paginator.pop(f"{name}_param", None)
                paginator[f"{name}_body_path"] = sent
            if block == "data" and name == "limit":
                paginator["limit_place"] = block


def _find_places(paginator: Json, name: str) -> Iterator[tuple[str, str]]:
    """Find the keys that say where a value is sent, and the block of the request that they mean."""
    for key, value in paginator.items():
        if re.fullmatch(rf"(?:{_WORDS[name]})_(?:{_PLACE})", spell(key)) and find_block(value):
            yield key, find_block(value)


def _move_all(paginator: Json, endpoint: Json) -> None:
    """Move what a paginator sends into the JSON body, where it says so for all of it."""
    token, body = TOKENS.get(str(paginator.get("type"))), endpoint.get("json") or {}
    key = find_place_key(paginator)
    block = find_block(paginator.get(key))
    if block == "params":
        del paginator[key]
    if block != "json" or token is None or not isinstance(body, Mapping):
        return
    del paginator[key]
    if f"{token}_body_path" not in paginator:
        paginator[f"{token}_body_path"] = paginator.pop(f"{token}_param", None) or token
    size = paginator.pop("limit_param", "limit" if token == "offset" else None)
    if size:
        paginator.setdefault("limit_body_path", size)


def _move_size(paginator: Json, paged: list[Json]) -> None:
    """Move a size that never changes into the bodies of the endpoints that are paged."""
    place, size = paginator.pop("limit_place", None), paginator.get("limit_body_path")
    is_fixed = paginator.get("type") in ("cursor", "page_number") and isinstance(size, str)
    if not is_fixed or "limit" not in paginator:
        return
    bodies = [(endpoint, _find_body(endpoint, place)) for endpoint in paged]
    if not all(isinstance(endpoint.get(block) or {}, Mapping) for endpoint, block in bodies):
        return
    del paginator["limit_body_path"]
    limit = paginator.pop("limit")
    for endpoint, block in bodies:
        parts = [str(size)] if block == "data" else str(size).split(".")
        endpoint[block] = _complete(endpoint.get(block) or {}, parts, limit)


def _find_body(endpoint: Json, place: Any) -> str:
    """Find the block that holds the body of a request: that of a form, or JSON."""
    is_form = place == "data" and not endpoint.get("json")
    return "data" if is_form or isinstance(endpoint.get("data"), Mapping) else "json"


def _complete(body: Json, parts: list[str], value: Any) -> Json:
    """Return a body with a value at a place; one that is there already stays."""
    key, *below = parts
    if not below:
        return {key: copy_tree(value), **body}
    inner = body.get(key, {})
    return {**body, key: _complete(inner, below, value)} if isinstance(inner, dict) else body
