"""Moves the paging of a POST into its JSON body, where that body or the prose names it.

dlt sends `page_param` and its like in the query. A document whose body begins with `"page": 1`
means the body's key, and so does one that says that pages are asked for in the request body;
otherwise each request would ask for the first page.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.paginators import list_paginator_types

_KEYS = {kind.name: kind.params for kind in list_paginator_types().values() if kind.params}
"""Type of paginator → what its requests carry, and under which name if none is written."""

_IN_BODY = re.compile(
    r"\b(?:paginat\w*|page\w*|offset|cursor\w*|next_\w+|\w+_cursor)\b"
    r".{0,80}\b(?:in|within|of|into) the (?:json |request |post )*body\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"\brequest\b", re.IGNORECASE)
_RESPONSE = re.compile(r"\b(?:respon[sd]|answer|return)\w*", re.IGNORECASE)
_PATH = re.compile(r"\w+(\.\w+)*")


def move_paging_into_bodies(draft: Draft, prose: Prose) -> None:
    """Let paginators write into the JSON bodies that they are meant for."""
    stated = set(_iterate_stated(draft, prose))
    for resource in draft.resources:
        endpoint = resource["endpoint"]
        shared, own = draft.shared.get("json") or {}, endpoint.get("json") or {}
        if isinstance(shared, list) or isinstance(own, list):
            continue  # A list has no keys to write into.
        body = {**shared, **own}
        is_stated = resource["name"] in stated
        moved = _move(draft.find_paginator(resource), body, is_stated=is_stated)
        if moved is None:
            continue
        why = "as the prose says" if is_stated else "which names them"
        reason = f"pages are asked for in the JSON body, {why}"
        draft.log.assume(resource["name"], reason)
        endpoint["paginator"] = moved
        if moved["type"] != "offset" and (place := moved.pop("limit_body_path", None)):
            # A size that never changes is a part of the body like any other.
            sized = _set_value(body, place.split("."), moved.get("limit"))
            endpoint["json"] = {**own, **sized}


def _iterate_stated(draft: Draft, prose: Prose) -> Iterator[str]:
    """Yield the POST requests of whose paging a sentence says that it is in the body."""
    for sentence, named in prose.iterate_statements():
        if _IN_BODY.search(sentence) and _is_on_requests(sentence):
            for resource in draft.list_named(named):
                if str(draft.merge_endpoint(resource).get("method")).upper() == "POST":
                    yield resource["name"]


def _is_on_requests(text: str) -> bool:
    """Return whether a sentence is on requests, not on the body of a response."""
    return _REQUEST.search(text) is not None or _RESPONSE.search(text) is None


def _move(paginator: Any, body: Json, *, is_stated: bool) -> Json | None:
    """Return the paginator with places in the body; None where nothing of it is there.

    Args:
        is_stated: The prose says that it is in the body.
    """
    if not isinstance(paginator, Mapping) or paginator.get("type") not in _KEYS:
        return None
    names = {
        key: paginator.get(f"{key}_param", default)
        for key, default in _KEYS[paginator["type"]].items()
        if f"{key}_body_path" not in paginator
    }
    sent = {key: name for key, name in names.items() if name and _PATH.fullmatch(name)}
    places = {key: _find_place(name, body) for key, name in sent.items()}
    if not ((is_stated and sent) or any(places.values())):
        return None
    rest = {key: v for key, v in paginator.items() if key not in {f"{k}_param" for k in sent}}
    return {**rest, **{f"{key}_body_path": places[key] or name for key, name in sent.items()}}


def _set_value(body: Json, place: list[str], value: Any) -> Json:
    """Return the part of a body in which a value changes."""
    key, *below = place
    if not below:
        return {} if value is None else {key: value}
    inner = body.get(key) or {}
    return {key: {**inner, **_set_value(inner, below, value)}}


def _find_place(name: str, body: Json) -> str | None:
    """Return where a body holds a key, at any depth; `a.b` is a place if there is an object `a`."""
    head, _, rest = name.partition(".")
    if name in body or (rest and isinstance(body.get(head), dict)):
        return name
    for key, inner in body.items():
        if isinstance(inner, dict) and _PATH.fullmatch(key) and (place := _find_place(name, inner)):
            return f"{key}.{place}"
    return None
