"""Writes once what resources share: the address, auth, headers, and keys of their endpoints."""

import json
from collections.abc import Iterable
from typing import Any

from analytics_ingest.convert.draft import Json

_ALWAYS_THERE = ("paginator", "data_selector")
"""Keys that each endpoint has, so that the commonest value can be the default."""


_ABSENT = object()


def share_primary_key(resources: list[Json]) -> Json:
    """Take the primary key out of resources that all have the same."""
    key = resources[0].get("primary_key")
    if key is None or len(resources) < 2 or any(r.get("primary_key") != key for r in resources):
        return {}
    for resource in resources:
        del resource["primary_key"]
    return {"primary_key": key}


def share_headers(endpoints: list[Json]) -> Json:
    """Take the headers that all endpoints send out of them."""
    first, *others = [endpoint.get("headers", {}) for endpoint in endpoints]
    shared = {
        name: value
        for name, value in first.items()
        if "resources." not in str(value)
        and "incremental." not in str(value)
        and "stream_" not in str(value)
        and all(headers.get(name) == value for headers in others)
    }
    for endpoint in endpoints:
        own = {k: v for k, v in endpoint.pop("headers", {}).items() if k not in shared}
        if own:
            endpoint["headers"] = own
    return shared


def share_keys(endpoints: list[Json]) -> Json:
    """Take the commonest values of some keys, and params that all send, out of endpoints."""
    shared: Json = {}
    if len(endpoints) < 2:
        return shared
    for key in _ALWAYS_THERE:
        value, count = commonest(endpoint[key] for endpoint in endpoints)
        if count > 1:
            shared[key] = value
            _remove(endpoints, key, value)
    for key in ("decoder", "error_handler", "response_actions", "incremental"):
        values = [endpoint.get(key, _ABSENT) for endpoint in endpoints]
        if values[0] is not _ABSENT and all(value == values[0] for value in values):
            shared[key] = values[0]
            _remove(endpoints, key, values[0])
    return shared


def commonest(values: Iterable[Any]) -> tuple[Any, int]:
    """The value that occurs most often, the first of several, and how often."""
    by_text: dict[str, list[Any]] = {}
    for value in values:
        by_text.setdefault(json.dumps(value, sort_keys=True, default=str), []).append(value)
    most = max(by_text.values(), key=len)
    return most[0], len(most)


def _remove(endpoints: list[Json], key: str, value: Any) -> None:
    for endpoint in endpoints:
        if key in endpoint and endpoint[key] == value:
            del endpoint[key]
