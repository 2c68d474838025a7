"""Moves the paging of a POST into its JSON body, where that body names a key of it.

dlt sends `page_param` and its like in the query; a document whose body begins with `"page": 1`
means the body's key, which would else ask for the first page for ever.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.normalize.structure import paginator_of

_KEYS = {
    "page_number": {"page": "page", "limit": None},
    "offset": {"offset": "offset", "limit": "limit"},
    "cursor": {"cursor": None, "limit": None},
}
"""Type of paginator → what its requests carry, and under which name if none is written."""

_PATH = re.compile(r"\w+(\.\w+)*")

Json = dict[str, Any]


def with_paging_in_bodies(api: Json, notes: ConversionLog) -> Json:
    """The configuration with paginators that write into the JSON bodies they are meant for."""
    shared = api.get("resource_defaults", {}).get("endpoint", {})
    resources: list[Json] = []
    for resource in api["resources"]:
        endpoint = resource["endpoint"]
        body = {**(shared.get("json") or {}), **(endpoint.get("json") or {})}
        moved = _moved(paginator_of(api, resource), body)
        if moved is not None:
            notes.assume(resource["name"], "pages are asked for in the JSON body, which names them")
            endpoint = {**endpoint, "paginator": moved}
            if moved["type"] != "offset" and (place := moved.pop("limit_body_path", None)):
                # A size that never changes is a part of the body like any other.
                sized = _with_value(body, place.split("."), moved.get("limit"))
                endpoint["json"] = {**(endpoint.get("json") or {}), **sized}
        resources.append({**resource, "endpoint": endpoint})
    return {**api, "resources": resources}


def _moved(paginator: Any, body: Json) -> Json | None:
    """The paginator with places in the body; None where the body names nothing of it."""
    if not isinstance(paginator, Mapping) or paginator.get("type") not in _KEYS:
        return None
    names = {
        key: paginator.get(f"{key}_param", default)
        for key, default in _KEYS[paginator["type"]].items()
    }
    written = {key: name for key, name in names.items() if name and _PATH.fullmatch(name)}
    places = {key: _place(name, body) for key, name in written.items()}
    if not any(places.values()):
        return None
    moved = {k: v for k, v in paginator.items() if k.removesuffix("_param") not in written}
    paths = {f"{key}_body_path": places[key] or name for key, name in written.items()}
    return {**moved, **{k: v for k, v in paginator.items() if k in written}, **paths}


def _with_value(body: Json, place: list[str], value: Any) -> Json:
    """The part of a body in which a value changes."""
    key, *below = place
    if not below:
        return {} if value is None else {key: value}
    inner = body.get(key) or {}
    return {key: {**inner, **_with_value(inner, below, value)}}


def _place(name: str, body: Json) -> str | None:
    """Where a body holds a key, at any depth; `a.b` is a place if there is an object `a`."""
    head, _, rest = name.partition(".")
    if name in body or (rest and isinstance(body.get(head), dict)):
        return name
    for key, inner in body.items():
        if isinstance(inner, dict) and _PATH.fullmatch(key) and (found := _place(name, inner)):
            return f"{key}.{found}"
    return None
