"""Moves the paging of a POST into its body, where that body or the prose names it.

Otherwise each request would ask for the first page. Pages whose window is in the body are asked for
there as well, where the document does not say otherwise.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.requests.bodies import PLACE, Body, find_body
from analytics_ingest.convert.prose.requests.sent_places import SentPlace, quote
from analytics_ingest.paginators import list_paginator_types

_KEYS = {kind.name: kind.params for kind in list_paginator_types().values() if kind.params}
"""Type of paginator → what its requests carry, and under which name if none is written."""

_PAGES = re.compile(
    r"\b(?:paginat\w*|paging|page\w*|offset|cursor(?! (?:field|path|column))\w*|next_\w+"
    r"|\w+_cursor)\b",
    re.IGNORECASE,
)

_ON_PAGING = re.compile(
    r"\bpagina\w*[^:]{0,40}:[^:]*\b(?:token|value|number|it)\b[^:,]{0,40}$", re.IGNORECASE
)
"""What is before the place of what a line on paging calls in its own words."""


def move_paging_into_bodies(
    draft: Draft, places: Sequence[SentPlace], with_windows: Collection[str]
) -> None:
    """Let paginators write into the bodies that they are meant for.

    Args:
        places: What the prose says is sent in bodies.
        with_windows: The resources whose windows are in their bodies.
    """
    moved_of = list[str]()
    left = dict[str, dict[str, str]]()
    for resource in draft.resources:
        body = find_body(draft, resource)
        if body is None:
            continue  # A list has no keys to write into.
        paginator = draft.find_paginator(resource)
        named = quote(*_list_sent(paginator).values())
        of_resource = [place for place in places if place.is_on(resource["name"])]
        own = [place for place in of_resource if _is_on_pages(place) or place.holds(named)]
        is_stated = any(place.is_body for place in own)
        is_likely = resource["name"] in with_windows and not own
        moved = _move(paginator, body, is_stated=is_stated or is_likely)
        if moved is None:
            left |= {} if own else {resource["name"]: _list_sent(paginator)}
            continue
        moved_of += [resource["name"]] if is_stated else []
        why = "as the prose says" if is_stated else "which names them"
        why = "as its window is: the document does not say where" if is_likely else why
        reason = f"pages are asked for in the {body.title}, {why}"
        draft.log.assume(resource["name"], reason)
        resource["endpoint"]["paginator"] = moved
        if moved["type"] != "offset" and (place := moved.pop("limit_body_path", None)):
            # A size that never changes is a part of the body like any other.
            size = moved.get("limit")
            sized = body if size is None else body.put(place, size)
            resource["endpoint"][body.block] = sized.own
    if moved_of:
        _log_left(draft, moved_of, left)


def _log_left(draft: Draft, moved: list[str], left: Mapping[str, Mapping[str, str]]) -> None:
    """Log what is sent in the query, where the prose says of other resources that it is not.

    Args:
        moved: The resources whose paging is in their bodies, as the prose says.
        left: The other POSTs, each with what their paginators send.
    """
    for name, sent in left.items():
        for key, param in sent.items():
            reason = f"{param} is sent in the query: that it is in the body, the document says of"
            keys = f"declare paginator.{key}_body_path if it is here too"
            draft.log.assume(name, f"{reason} {abbreviate(moved)} only; {keys}")


def _is_on_pages(place: SentPlace) -> bool:
    is_topic = place.is_before and _ON_PAGING.search(place.text)
    return bool(is_topic) or place.holds(_PAGES) or place.holds_all


def _list_sent(paginator: Any) -> dict[str, str]:
    """List what a paginator sends in the query, each with its parameter, and may send in a body."""
    if not isinstance(paginator, Mapping) or paginator.get("type") not in _KEYS:
        return {}
    names = {
        key: paginator.get(f"{key}_param", default)
        for key, default in _KEYS[paginator["type"]].items()
        if f"{key}_body_path" not in paginator
    }
    return {key: name for key, name in names.items() if name and PLACE.fullmatch(name)}


def _move(paginator: Any, body: Body, *, is_stated: bool) -> Json | None:
    """Return the paginator with places in the body; None where nothing of it is there.

    Args:
        is_stated: The prose says that it is in the body.
    """
    sent = _list_sent(paginator)
    places = {key: body.find_place(name) for key, name in sent.items()}
    if not ((is_stated and sent) or any(places.values())):
        return None
    rest = {key: v for key, v in paginator.items() if key not in {f"{k}_param" for k in sent}}
    return {**rest, **{f"{key}_body_path": places[key] or name for key, name in sent.items()}}
