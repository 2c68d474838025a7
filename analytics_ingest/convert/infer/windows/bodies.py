"""Moves the bounds of the windows of a POST into its body, where that body or the prose names them.

dlt sends `start_param` and `end_param` in the query, where an API that reads its body ignores them.
Where nothing says so, the report says that they are sent in the query.
"""

import re
from collections.abc import Sequence

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.requests.bodies import Body, find_body
from analytics_ingest.convert.prose.requests.sent_places import SentPlace, quote
from analytics_ingest.declaration.airbyte.incremental_sync import BOUNDS

_WINDOW = re.compile(
    r"\b(?:(?<!limit )(?<!rate )windows?|(?:date|time) (?:ranges?|filters?|param\w*)|intervals?"
    r"|periods?|bounds|dates|filters(?! (?:on|by|for|of)\b)|start and (?:the )?end)\b",
    re.IGNORECASE,
)


def move_windows_into_bodies(draft: Draft, places: Sequence[SentPlace]) -> set[str]:
    """Let the bodies of requests hold the bounds that are meant for them.

    Args:
        places: What the prose says is sent in bodies, or elsewhere.

    Returns:
        The resources whose bounds it moves.
    """
    moved = set[str]()
    for resource in draft.resources:
        name, sent = resource["name"], _list_sent(draft, resource)
        own = [place for place in places if sent and place.is_on(name) and _names(place, sent)]
        is_stated = bool(own) and all(place.is_body for place in own)
        body = find_body(draft, resource, is_form=any(place.is_form for place in own))
        if body is None or not sent or (own and not any(place.is_body for place in own)):
            continue  # It has no body, or its window is said to be in the query.
        places_of = {bound: _find_place(param, body, own) for bound, param in sent.items()}
        is_named = is_stated or (not own and any(places_of.values()))
        is_of_query = "incremental" not in draft.merge_endpoint(resource)  # dlt's form in `params`.
        held = {bound: place or sent[bound] for bound, place in places_of.items()}
        if is_named and not is_of_query and all(map(body.fits, held.values())):
            _move(draft, resource, body, held, why="as the prose says" if own else "which names it")
            moved.add(name)
        elif own or body.held:
            _log_query(draft, resource, body, sent)
    return moved


def _list_sent(draft: Draft, resource: Json) -> dict[str, str]:
    """List the bounds that the query sends, each with its parameter."""
    incremental = draft.find_incremental(resource) or {}
    sent = {bound: incremental.get(f"{bound}_param") for bound in BOUNDS}
    return {bound: param for bound, param in sent.items() if param}


def _names(place: SentPlace, sent: Json) -> bool:
    """Return whether a place holds the bounds, by their names or in words."""
    return place.holds(quote(*sent.values())) or place.holds_words(_WINDOW) or place.holds_all


def _find_place(param: str, body: Body, stated: Sequence[SentPlace]) -> str | None:
    """Find where a body holds a bound: as the prose names it, or as the body does."""
    named = [match["place"] for place in stated if (match := place.find(quote(param)))]
    return named[0] if named else body.find_place(param)


def _move(draft: Draft, resource: Json, body: Body, held: dict[str, str], *, why: str) -> None:
    endpoint, keys = resource["endpoint"], {f"{bound}_param" for bound in held}
    incremental = draft.merge_endpoint(resource)["incremental"]
    endpoint["incremental"] = {key: v for key, v in incremental.items() if key not in keys}
    for bound, place in held.items():
        body = body.put(place, f"{{{BOUNDS[bound]}}}")
    endpoint[body.block] = body.own
    draft.log.assume(resource["name"], f"its window is sent in the {body.title}, {why}")


def _log_query(draft: Draft, resource: Json, body: Body, sent: Json) -> None:
    bounds = " and ".join(f"'{{{BOUNDS[bound]}}}'" for bound in sent)
    reason = (
        f"its window is sent in the query, as {' and '.join(sent.values())}, though it is a POST "
        f"with a {body.title}; if the API reads it there, write {bounds} into it"
    )
    draft.log.assume(resource["name"], reason)
