"""Writes once what resources share: the address, auth, headers, params, and keys of endpoints."""

import json
from collections.abc import Iterable
from typing import Any

from analytics_ingest.convert.draft import Json

OF_ENDPOINTS = (
    *("paginator", "data_selector", "decoder", "error_handler", "response_actions", "incremental"),
)
"""Keys of endpoints that `resource_defaults` may hold."""

_OF_ONE_REQUEST = ("resources.", "incremental.", "stream_", "next_page_token")
"""What a header or parameter that all requests share cannot read."""


def share_keys(blocks: list[Json], keys: Iterable[str]) -> Json:
    """Take the commonest value of each key out of the blocks that hold it.

    A key that a block lacks stays where it is: a default would give it to that block.
    """
    shared: Json = {}
    for key in keys:
        if not all(key in block for block in blocks):
            continue
        value, count = find_commonest(block[key] for block in blocks)
        if count > 1:
            shared[key] = value
            for block in blocks:
                if block[key] == value:
                    del block[key]
    return shared


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
    by_text: dict[str, list[Any]] = {}
    for value in values:
        by_text.setdefault(json.dumps(value, sort_keys=True, default=str), []).append(value)
    most = max(by_text.values(), key=len)
    return most[0], len(most)
