"""Puts every key of a document's configuration where the declaration has it.

Shorthands become objects, other names of a key become its own, and a key that is one level too
high or too low moves to where it belongs. What no level knows stays; a later pass reports it.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.convert.conversion_log import ConversionError, ConversionLog
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.aliases import OTHER_NAMES, rename
from analytics_ingest.convert.normalize.error_handlers import normalize_error_handler
from analytics_ingest.convert.normalize.paginators import rename_paginator
from analytics_ingest.convert.normalize.routers import take_router
from analytics_ingest.convert.normalize.similar_words import rename_similar
from analytics_ingest.convert.normalize.transformations import take_fields
from analytics_ingest.convert.python.values import Code, Reference
from analytics_ingest.declaration.models.airbyte import IncrementalSync
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.client import Client
from analytics_ingest.declaration.models.endpoint import Endpoint, ErrorHandler
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.models.resource import Resource, ResourceDefaults

_KNOWN = {
    "error_handler": {*ErrorHandler.model_fields, "type", "backoff_strategies", "error_handlers"},
    "incremental": {*Incremental.model_fields, *IncrementalSync.model_fields, "type"},
}
"""Blocks whose other words are known by patterns, with the keys that stay."""
_ITS_OWN_ROWS = "its rows are in the document; list their values in a param of type each"
_NO_RESOURCE = "it is neither a name nor an object"


def normalize_structure(name: str, raw: Mapping[str, Any], log: ConversionLog) -> Draft:
    """Take a configuration apart into the blocks of a declaration; `raw` stays as it is."""
    api = rename("api", copy_tree(raw))
    _merge_requester(api)
    client = _take_block("client", api, "client", None, log)
    _merge_requester(client)
    _rename_in(client, "client")
    defaults = _take_block("resource", api, "resource_defaults", None, log)
    shared = _take_block("endpoint", defaults, "endpoint", None, log)
    _rename_in(api, "client")
    for holder, own in ((api, Api), (client, Client)):
        _rename_in(holder, "endpoint")
        _move_selector(holder, shared)
        _move(holder, own, Client, client, log)
        _move(holder, own, ResourceDefaults, defaults, log)
        _move(holder, own, Endpoint, shared, log)
    _move(client, Client, Api, api, log)
    _move(defaults, ResourceDefaults, Endpoint, shared, log)
    _move(shared, Endpoint, ResourceDefaults, defaults, log)
    path = shared.pop("path", None)
    _expand_blocks(shared)
    _expand_blocks(client)
    items = [item for item in _list_items(api.pop("resources", [])) if item]
    resources = [resource for item in items if (resource := _normalize_resource(item, path, log))]
    if not resources:
        left_out = "".join(
            f"; {text}" for text in log.group_assumptions() if "a resource is" in text
        )
        raise ConversionError(
            f"the configuration holds no resources{left_out}; write out at least one"
        )
    return Draft(name, client, defaults, shared, resources, api, log)


def list_keys(model: type[Any]) -> set[str]:
    """List the keys of a model under the names with which they are written."""
    return {field.alias or name for name, field in model.model_fields.items()}


def _list_items(raw: Any) -> list[Any]:
    if isinstance(raw, Mapping):
        return [
            {"name": name, **item} if isinstance(item, Mapping) else {"name": name, "path": item}
            for name, item in raw.items()
        ]
    return list(raw) if isinstance(raw, list) else []


def _normalize_resource(raw: Any, shared_path: Any, log: ConversionLog) -> Json | None:
    if isinstance(raw, str):
        return {"name": raw, "endpoint": {"path": raw}}
    if not isinstance(raw, Mapping):
        is_code = isinstance(raw, Code)
        why = (
            f"{raw.what} on line {raw.line} is code, which is not run" if is_code else _NO_RESOURCE
        )
        log.leave_out(None, "a resource", why)
        return None
    if isinstance(raw.get("data"), list) and "endpoint" not in raw:
        log.leave_out(None, f"the resource {raw.get('name')}", _ITS_OWN_ROWS)
        return None
    resource = rename("resource", raw)
    _merge_requester(resource)
    for holder in (resource, resource.get("endpoint")):
        if isinstance(holder, dict):
            take_fields(holder)
    name = str(resource.get("name") or "")
    endpoint = _take_block("endpoint", resource, "endpoint", name, log)
    _move(resource, Resource, Endpoint, endpoint, log)
    for key in [key for key in resource if key in OTHER_NAMES["endpoint"]]:
        endpoint.setdefault(OTHER_NAMES["endpoint"][key], resource.pop(key))
    _move(endpoint, Endpoint, Resource, resource, log)
    _expand_blocks(endpoint)
    # dlt takes the name where only the defaults hold a path, which nobody means.
    path = name if shared_path is None else shared_path
    if not isinstance(endpoint.setdefault("path", path), str | Reference):
        endpoint["path"] = name
        log.leave_out(name, "endpoint.path", "it is not a text, so the name is the path")
    resource["endpoint"] = endpoint
    take_router(resource, endpoint)
    return resource


def _merge_requester(holder: Json) -> None:
    """Lift the keys of Airbyte's requester into its holder, whose own keys win."""
    if isinstance(requester := holder.get("requester"), Mapping):
        del holder["requester"]
        for key, value in requester.items():
            if key != "type":
                holder.setdefault(key, value)


def _rename_in(holder: Json, kind: str) -> None:
    """Rename the keys in a holder that are other names of a block's keys."""
    names = OTHER_NAMES[kind]
    for key in [key for key in holder if key in names and names[key] not in holder]:
        holder[names[key]] = holder.pop(key)


def _move_selector(holder: Json, endpoint: Json) -> None:
    """Move Airbyte's record selector into the endpoint."""
    if isinstance(holder.get("record_selector"), Mapping):
        endpoint.setdefault("record_selector", holder.pop("record_selector"))


def _expand_blocks(holder: Json) -> None:
    """Expand the shorthands in the blocks of an endpoint or the client, and rename their keys."""
    if isinstance(holder.get("incremental"), str):
        holder["incremental"] = {"cursor_path": holder["incremental"]}
    for key, known in _KNOWN.items():
        if isinstance(holder.get(key), Mapping):
            holder[key] = rename(key, holder[key])
            rename_similar(key, holder[key], known)
    normalize_error_handler(holder)
    paginator = holder.get("paginator")
    block = {"type": paginator} if isinstance(paginator, str) else paginator
    if isinstance(block, Mapping):
        holder["paginator"] = rename_paginator(block)


def _move(holder: Json, own: type[Any], other: type[Any], to: Json, log: ConversionLog) -> None:
    """Move the keys that belong to another model; a key that is there already wins."""
    if holder is to:
        return
    for key in [key for key in holder if key in list_keys(other) - list_keys(own)]:
        value = holder.pop(key)
        if to.setdefault(key, value) is not value:
            log.leave_out(None, key, "it is written twice")


def _take_block(
    kind: str, holder: Json, key: str, resource: str | None, log: ConversionLog
) -> Json:
    """Take a block out of its holder, its keys under their own names."""
    raw = holder.pop(key, None)
    if isinstance(raw, Mapping):
        return rename(kind, raw)
    if kind == "endpoint" and isinstance(raw, str):
        return {"path": raw}
    if raw is not None:
        log.leave_out(resource, key, "it is not an object")
    return {}
