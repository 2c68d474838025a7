"""Keys and options of Airbyte's in a document → the keys of a declaration.

A document mixes them with its own words: paginators with their strategies and request options,
formats of cursors, keys as paths. Blocks that are those of a manifest as a whole are translated in
`manifest.document_blocks`. What is unknown here stays, and a later pass reports it.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Draft, Json, add_actions
from analytics_ingest.convert.normalize.body_paging import TOKENS, move_paging_of_all
from analytics_ingest.convert.normalize.paginators import find_type, rename_paginator
from analytics_ingest.convert.normalize.request_places import find_block, find_place_key
from analytics_ingest.declaration.airbyte.incremental_sync import EPOCHS, convert_formats

_IGNORED_STATUSES = re.compile(r"ignored?(_on)?_(status|http|response)(_status)?_?(codes?|es)?")
_SYNC_KEYS = (
    "cursor_granularity",
    "end_datetime",
    "end_time_option",
    "lookback_window",
    "start_datetime",
    "start_time_option",
    "step",
)
_REQUEST_PATH = re.compile(r"request[_ ]?(?:path|url)|path|url", re.IGNORECASE)
"""What says that the token is the address of the next page."""


def translate_blocks(draft: Draft) -> None:
    """Translate the blocks of the defaults, of each resource, and of the client."""
    holders = [(draft.defaults, draft.shared)]
    for resource, endpoint in [*holders, *((r, r["endpoint"]) for r in draft.resources)]:
        _flatten_key(resource)
        _move_sync_keys(draft, resource.get("name"), endpoint)
        _translate_formats(endpoint.get("incremental"))
        _move_ignored_statuses(endpoint)
    endpoints = [resource["endpoint"] for resource in draft.resources]
    for holder in (draft.client, draft.shared, *endpoints):
        if isinstance(holder.get("paginator"), Mapping):
            holder["paginator"] = _translate_paginator(holder["paginator"])
    move_paging_of_all(draft)


def _flatten_key(resource: Json) -> None:
    """Write the fields of a key as texts: Airbyte has a path for each."""
    key = resource.get("primary_key")
    if isinstance(key, list) and any(isinstance(part, list) for part in key):
        resource["primary_key"] = [_join(part) for part in key]


def _join(path: Any) -> str:
    return ".".join(map(str, path)) if isinstance(path, list) else str(path)


def _move_sync_keys(draft: Draft, name: str | None, endpoint: Json) -> None:
    """Move keys of Airbyte's cursor that a document has in `incremental` to `incremental_sync`."""
    incremental = endpoint.get("incremental")
    if not isinstance(incremental, dict) or endpoint.get("incremental_sync") is not None:
        return
    moved = {key: incremental.pop(key) for key in _SYNC_KEYS if key in incremental}
    if moved and (cursor := incremental.get("cursor_path")):
        endpoint["incremental_sync"] = {"cursor_field": cursor, **moved}
    elif moved:
        reason = "no cursor_path is beside it; declare one"
        draft.log.leave_out(name, f"endpoint.incremental.{', '.join(moved)}", reason)


def _translate_formats(incremental: Any) -> None:
    if isinstance(incremental, dict):
        of_rows = _take_formats_of_rows(incremental)
        pattern = incremental.get("datetime_format")
        if isinstance(pattern, str):
            del incremental["datetime_format"]
            formats = convert_formats(pattern, of_rows)
            # What is stated here is not to be read from the prose.
            formats.setdefault("param_format", "iso8601")
            incremental |= {k: v for k, v in formats.items() if k not in incremental}
        elif read := convert_formats(next(iter(of_rows), None), of_rows).get("cursor_format"):
            incremental.setdefault("cursor_format", read)
        for key in ("cursor_format", "param_format"):
            if str(incremental.get(key)) in EPOCHS:
                incremental[key] = EPOCHS[incremental[key]]


def _take_formats_of_rows(incremental: Json) -> list[str]:
    """Take the formats of cursors, where they are apart from that of the parameters."""
    names = ("cursor_datetime_formats", "cursor_datetime_format")
    keys = [key for key in names if isinstance(incremental.get(key), str | list)]
    listed = [incremental.pop(key) for key in keys]
    items = [item for part in listed for item in (part if isinstance(part, list) else [part])]
    return [item for item in items if isinstance(item, str)]


def _move_ignored_statuses(endpoint: Json) -> None:
    """Make actions of the statuses that an error handler ignores."""
    handler = endpoint.get("error_handler")
    if not isinstance(handler, dict):
        return
    for key in [key for key in handler if _IGNORED_STATUSES.fullmatch(key)]:
        codes = handler.pop(key)
        listed = codes if isinstance(codes, list) else [codes]
        add_actions(endpoint, [{"status_code": code, "action": "ignore"} for code in listed])


def _translate_paginator(block: Mapping[str, Any]) -> Json:
    """Lift the strategy out of a `DefaultPaginator`, and the names out of its options."""
    strategy = block.get("pagination_strategy")
    if isinstance(strategy, Mapping):
        kind = str(strategy.get("type", block.get("type")))
        lifted = {**strategy, "type": find_type(kind)}
        rest = {k: v for k, v in block.items() if k not in ("type", "pagination_strategy")}
        block = {**lifted, **rest}
    paginator = rename_paginator(block)
    token = TOKENS.get(str(paginator.get("type")))
    _take_option(paginator, "page_token_option", token)
    _take_option(paginator, "page_size_option", "limit")
    if token == "offset" and "page_param" in paginator:
        paginator.setdefault("offset_param", paginator.pop("page_param"))
    return paginator


def _take_option(paginator: Json, key: str, name: str | None) -> None:
    """Take the name of a parameter, or its place in a body, out of a request option."""
    option = paginator.get(key)
    if isinstance(option, str) and _REQUEST_PATH.fullmatch(option):
        del paginator[key]
        return
    if isinstance(option, str) and name:
        paginator.setdefault(f"{name}_param", paginator.pop(key))
        return
    if not isinstance(option, Mapping):
        return
    place = option.get("field_name") or option.get("field_path")
    endings = {"params": "param", "json": "body_path", "data": "body_path"}
    if option.get("type") == "RequestPath":
        del paginator[key]
        return
    block = find_block(option.get(find_place_key(option)))
    if name and place and block in endings:
        del paginator[key]
        paginator.setdefault(f"{name}_{endings[block]}", _join(place))
        if block == "data" and name == "limit":
            paginator.setdefault("limit_place", block)
