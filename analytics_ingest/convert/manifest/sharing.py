"""Writes once what resources share: the address, auth, headers, params, and keys of endpoints."""

import json
from collections.abc import Iterable
from copy import copy
from typing import Any

from analytics_ingest.common.expressions.references import JOB_ROOTS
from analytics_ingest.convert.draft import Json

OF_ENDPOINTS = (
    *("paginator", "data_selector", "decoder", "error_handler", "response_actions", "incremental"),
)
"""Keys of endpoints that `resource_defaults` may hold."""

_OF_ONE_REQUEST = ("resources.", "incremental.", "stream_", "next_page_token", *JOB_ROOTS)
"""What a header or parameter that all requests share cannot read."""


OPT_OUTS: Json = {"error_handler": None, "response_actions": [], "processing_steps": []}
"""Keys that a block may lack although it has a default → what it says then."""


def share_keys(blocks: list[Json], keys: Iterable[str]) -> Json:
    """Take the value of each key that takes the most lines, all together, out of the blocks.

    A key that a block lacks stays where it is, because a default would give it to that block;
    unless most have it, and the others can say that they have none.
    """
    shared: Json = {}
    for key in keys:
        holders = [block for block in blocks if key in block]
        if not holders or (len(holders) < len(blocks) and key not in OPT_OUTS):
            continue
        value, count = _find_longest(block[key] for block in holders)
        if count < 2 or (len(holders) < len(blocks) and count * 2 <= len(blocks)):
            continue
        shared[key] = value
        for block in blocks:
            if key not in block:
                block[key] = copy(OPT_OUTS[key])
            elif block[key] == value:
                del block[key]
    return shared


def share_primary_key(resources: list[Json]) -> Json:
    """Take the commonest primary key out of resources; those without one say so."""
    keys = [resource["primary_key"] for resource in resources if "primary_key" in resource]
    if not keys:
        return {}
    value, count = find_commonest(keys)
    if count < 2 or count * 2 <= len(resources):
        return {}
    for resource in resources:
        if resource.get("primary_key", ()) == value:
            del resource["primary_key"]
        else:
            resource.setdefault("primary_key", [])
    return {"primary_key": value}


def _find_longest(values: Iterable[Any]) -> tuple[Any, int]:
    """Find the value whose repetitions take the most lines, and how often it occurs."""
    groups = _group_by_text(values).values()
    longest = max(groups, key=lambda group: (len(group) - 1) * _count_lines(group[0]))
    return longest[0], len(longest)


def _count_lines(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_count_lines, value.values()))
    is_block = isinstance(value, list) and any(isinstance(item, dict) for item in value)
    return 1 + len(value) if is_block else 1


def share_entries(endpoints: list[Json], key: str) -> Json:
    """Take the `headers` or `params` that all endpoints send out of them."""
    first, *others = [endpoint.get(key) or {} for endpoint in endpoints]
    shared = {
        name: value
        for name, value in first.items()
        if not any(root in str(value) for root in _OF_ONE_REQUEST)
        and not isinstance(value, dict)
        and all(entries.get(name) == value for entries in others)
    }
    for endpoint in endpoints if shared else ():
        endpoint[key] = {k: v for k, v in endpoint[key].items() if k not in shared}
        if not endpoint[key]:
            del endpoint[key]
    return shared


def find_commonest(values: Iterable[Any]) -> tuple[Any, int]:
    """Find the value that occurs most often, the first of several, and how often."""
    most = max(_group_by_text(values).values(), key=len)
    return most[0], len(most)


def _group_by_text(values: Iterable[Any]) -> dict[str, list[Any]]:
    by_text: dict[str, list[Any]] = {}
    for value in values:
        by_text.setdefault(json.dumps(value, sort_keys=True, default=str), []).append(value)
    return by_text
