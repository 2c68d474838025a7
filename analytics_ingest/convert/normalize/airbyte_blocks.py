"""Blocks of Airbyte's manifests in a document → the keys of a declaration.

A document that keeps parts of a manifest as they are has `record_selector`, `transformations`,
`DefaultPaginator` with its options, `backoff_strategies` and decoders. A block of a type that is
unknown here stays, and a later pass reports it. Of a block that is translated, keys without a
counterpart are dropped: conditions of transformations, for instance.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.aliases import PAGINATORS, rename
from analytics_ingest.declaration.airbyte.incremental_sync import EPOCHS, convert_formats

LEAST_RETRIED = [429, 500, 502, 503, 504]
"""What is retried at least."""
_DECODERS = {
    "JsonDecoder": "json",
    "JsonlDecoder": "jsonl",
    "CsvDecoder": "csv",
    "XmlDecoder": "xml",
    "IterableDecoder": "lines",
}
_TOKENS = {"offset": "offset", "page_number": "page", "cursor": "cursor"}
"""Type of paginator → what its requests carry."""


def translate_blocks(draft: Draft) -> None:
    """Translate the blocks of the defaults and of each resource."""
    for name, resource, endpoint in _iterate_holders(draft):
        _flatten_key(resource)
        for holder in (resource, endpoint):
            _take_selector(holder, endpoint)
            _take_filter(holder, resource)
            _take_transformations(holder, resource)
        _translate_decoder(endpoint)
        _translate_formats(endpoint.get("incremental"))
        if isinstance(endpoint.get("paginator"), Mapping):
            endpoint["paginator"] = _translate_paginator(endpoint["paginator"])
            _move_into_body(endpoint)
        if isinstance(endpoint.get("error_handler"), Mapping):
            endpoint["error_handler"] = _translate_handler(endpoint["error_handler"], name, draft)
    if isinstance(draft.client.get("paginator"), Mapping):
        draft.client["paginator"] = _translate_paginator(draft.client["paginator"])


def _iterate_holders(draft: Draft) -> Iterator[tuple[str | None, Json, Json]]:
    yield None, draft.defaults, draft.shared
    for resource in draft.resources:
        yield resource["name"], resource, resource["endpoint"]


def _flatten_key(resource: Json) -> None:
    """Write the fields of a key as texts: Airbyte has a path for each."""
    key = resource.get("primary_key")
    if isinstance(key, list) and any(isinstance(part, list) for part in key):
        resource["primary_key"] = [_join(part) for part in key]


def _take_selector(holder: Json, endpoint: Json) -> None:
    """Take the path of the rows and their filter out of a `record_selector`."""
    selector = holder.get("record_selector")
    if not isinstance(selector, Mapping):
        return
    extractor = selector.get("extractor")
    path = extractor.get("field_path") if isinstance(extractor, Mapping) else None
    if not isinstance(path, list) or not all(isinstance(step, str) for step in path):
        return
    del holder["record_selector"]
    endpoint.setdefault("data_selector", ".".join(path) or "$")
    if selector.get("record_filter"):
        holder.setdefault("record_filter", selector["record_filter"])


def _take_filter(holder: Json, resource: Json) -> None:
    block = holder.get("record_filter")
    condition = block.get("condition") if isinstance(block, Mapping) else block
    if isinstance(condition, str):
        del holder["record_filter"]
        _add_steps(resource, [{"filter": condition}])


def _take_transformations(holder: Json, resource: Json) -> None:
    items = holder.get("transformations")
    steps = [_build_step(item) for item in items] if isinstance(items, list) else [None]
    if all(steps):
        del holder["transformations"]
        _add_steps(resource, [step for step in steps if step])


def _build_step(item: Any) -> Json | None:
    """Build the step of a transformation; None of one that is not known here."""
    kind = item.get("type") if isinstance(item, Mapping) else None
    if kind == "AddFields" and all(isinstance(f, Mapping) for f in item.get("fields") or [0]):
        fields = item["fields"]
        return {"add": {_join(f["path"]): f["value"] for f in fields if "path" in f}}
    if kind == "RemoveFields" and isinstance(item.get("field_pointers"), list):
        return {"remove": [_join(pointer) for pointer in item["field_pointers"]]}
    return {"keys": "lower"} if kind == "KeysToLower" else None


def _join(path: Any) -> str:
    return ".".join(map(str, path)) if isinstance(path, list) else str(path)


def _add_steps(resource: Json, steps: list[Json]) -> None:
    own = resource.get("processing_steps")
    resource["processing_steps"] = [*(own if isinstance(own, list) else []), *steps]


def _translate_decoder(endpoint: Json) -> None:
    decoder = endpoint.get("decoder")
    if not isinstance(decoder, Mapping) or decoder.get("type") not in _DECODERS:
        return
    kept = {key: decoder[key] for key in ("delimiter", "encoding") if key in decoder}
    endpoint["decoder"] = {"type": _DECODERS[decoder["type"]], **kept}


def _translate_formats(incremental: Any) -> None:
    if isinstance(incremental, dict):
        pattern, of_rows = incremental.get("datetime_format"), "cursor_datetime_formats"
        if isinstance(pattern, str):
            del incremental["datetime_format"]
            formats = convert_formats(pattern, incremental.pop(of_rows, None) or ())
            incremental |= {k: v for k, v in formats.items() if k not in incremental}
        for key in ("cursor_format", "param_format"):
            if incremental.get(key) in EPOCHS:
                incremental[key] = EPOCHS[incremental[key]]


def _translate_paginator(block: Mapping[str, Any]) -> Json:
    """Lift the strategy out of a `DefaultPaginator`, and the names out of its options."""
    strategy = block.get("pagination_strategy")
    if isinstance(strategy, Mapping):
        kind = str(strategy.get("type", block.get("type")))
        lifted = {**strategy, "type": PAGINATORS.get(kind.lower(), kind)}
        rest = {k: v for k, v in block.items() if k not in ("type", "pagination_strategy")}
        block = {**lifted, **rest}
    paginator = rename("paginator", block)
    token = _TOKENS.get(str(paginator.get("type")))
    _take_option(paginator, "page_token_option", token)
    _take_option(paginator, "page_size_option", "limit")
    if token == "offset" and "page_param" in paginator:
        paginator.setdefault("offset_param", paginator.pop("page_param"))
    return paginator


def _move_into_body(endpoint: Json) -> None:
    """Move what a paginator sends into the JSON body, where it says so for all of it."""
    paginator = endpoint["paginator"]
    token = _TOKENS.get(str(paginator.get("type")))
    if paginator.get("inject_into") != "body_json" or token is None:
        return
    del paginator["inject_into"]
    if name := paginator.pop(f"{token}_param", None):
        paginator[f"{token}_body_path"] = name
    size = paginator.pop("limit_param", None)
    if size and token == "offset":
        paginator["limit_body_path"] = size
    elif size and "limit" in paginator:
        endpoint["json"] = {**(endpoint.get("json") or {}), size: paginator.pop("limit")}


def _take_option(paginator: Json, key: str, name: str | None) -> None:
    """Take the name of a parameter, or its place in a body, out of a request option."""
    option = paginator.get(key)
    if isinstance(option, str) and name:
        paginator.setdefault(f"{name}_param", paginator.pop(key))
        return
    if not isinstance(option, Mapping):
        return
    place = option.get("field_name") or option.get("field_path")
    ending = {"request_parameter": "param", "body_json": "body_path", "body_data": "body_path"}
    if option.get("type") == "RequestPath":
        del paginator[key]
    elif name and place and (end := ending.get(str(option.get("inject_into")))):
        del paginator[key]
        paginator.setdefault(f"{name}_{end}", _join(place))


def _translate_handler(block: Mapping[str, Any], resource: str | None, draft: Draft) -> Json:
    """Translate the waits of a handler; one that names no response gets `LEAST_RETRIED`."""
    handler = _merge_handlers(block)
    items = handler.get("backoff_strategies")
    strategies = [i for i in items if isinstance(i, Mapping)] if isinstance(items, list) else []
    for strategy in strategies:
        handler |= _translate_backoff(strategy)
    if strategies:
        del handler["backoff_strategies"]
    if not {"retry_on_status_codes", "response_filters", "error_handlers"} & handler.keys():
        handler["retry_on_status_codes"] = list(LEAST_RETRIED)
        codes = ", ".join(map(str, LEAST_RETRIED))
        draft.log.assume(
            resource, f"requests are tried again on {codes}: its error handler names none"
        )
    return handler


def _merge_handlers(block: Mapping[str, Any]) -> Json:
    """Merge the handlers of a `CompositeErrorHandler`: lists are joined, else the first wins."""
    handlers = block.get("error_handlers")
    if not isinstance(handlers, list) or not all(isinstance(h, Mapping) for h in handlers):
        return {key: value for key, value in block.items() if key != "type"}
    merged: Json = {}
    for handler in handlers:
        for key, value in handler.items():
            if isinstance(value, list):
                merged[key] = [*merged.get(key, []), *value]
            elif key != "type":
                merged.setdefault(key, value)
    return merged


def _translate_backoff(strategy: Mapping[str, Any]) -> Json:
    kind = strategy.get("type")
    if kind == "ConstantBackoffStrategy" and "backoff_time_in_seconds" in strategy:
        return {"backoff": "constant", "backoff_factor": strategy["backoff_time_in_seconds"]}
    if kind == "ExponentialBackoffStrategy":
        return {"backoff_factor": strategy.get("factor", 5)}
    if kind in ("WaitTimeFromHeader", "WaitUntilTimeFromHeader") and "header" in strategy:
        header = {"name": strategy["header"]}
        header |= {"holds": "moment"} if kind == "WaitUntilTimeFromHeader" else {}
        header |= {"regex": strategy["regex"]} if "regex" in strategy else {}
        return {"wait_header": header}
    return {}
