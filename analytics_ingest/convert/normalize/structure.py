"""Puts every key of a document's configuration where the declaration has it.

Shorthands become objects, other names of a key become its own, and a key that stands one level too
high or too low moves to where it belongs. What no level knows stays, to be told of later.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionError, ConversionLog
from analytics_ingest.convert.normalize.aliases import OTHER_NAMES, PAGINATORS
from analytics_ingest.convert.python.values import Code, Reference
from analytics_ingest.declaration.models.api import Api, Client, Resource, ResourceDefaults
from analytics_ingest.declaration.models.endpoint import Endpoint

_NO_OBJECT = "it is no object"

Json = dict[str, Any]


def shaped(written: Mapping[str, Any], notes: ConversionLog) -> Json:
    """Bring a configuration into the shape of a declaration; `written` stays as it is."""
    api = _renamed("api", written)
    client = _renamed("client", _object(api.pop("client", None), None, "client", notes))
    defaults = _renamed(
        "resource", _object(api.pop("resource_defaults", None), None, "resource_defaults", notes)
    )
    shared = _endpoint(defaults.pop("endpoint", None), None, notes)
    for holder, own in ((api, Api), (client, Client)):
        _move(holder, own, Client, client, notes)
        _move(holder, own, ResourceDefaults, defaults, notes)
        _move(holder, own, Endpoint, shared, notes)
    _move(client, Client, Api, api, notes)
    _move(defaults, ResourceDefaults, Endpoint, shared, notes)
    _move(shared, Endpoint, ResourceDefaults, defaults, notes)
    path = shared.pop("path", None)
    _shape_blocks(shared)
    _shape_blocks(client)
    if shared:
        defaults["endpoint"] = shared
    resources = [_resource(item, path, notes) for item in _items(api.pop("resources", [])) if item]
    kept = [resource for resource in resources if resource]
    if not kept:
        left_out = "".join(f"; {text}" for text in notes.grouped() if "a resource is" in text)
        raise ConversionError(
            f"the configuration holds no resources{left_out}; write out at least one"
        )
    return with_resources({**api, "client": client}, defaults, kept)


def with_resources(api: Json, defaults: Json, resources: list[Json]) -> Json:
    """The configuration with other resources, and other defaults if there are any."""
    rest = {k: v for k, v in api.items() if k not in ("resource_defaults", "resources")}
    shared = {"resource_defaults": defaults} if defaults else {}
    return {**rest, **shared, "resources": resources}


def paginator_of(api: Json, resource: Json) -> Any:
    """The paginator of a resource: its own, else that of all resources, else the client's."""
    shared = api.get("resource_defaults", {}).get("endpoint", {})
    holders = (resource["endpoint"], shared, api["client"])
    return next((holder["paginator"] for holder in holders if "paginator" in holder), None)


def keys_of(model: type[Any]) -> set[str]:
    """The keys of a model under the names with which they are written."""
    return {field.alias or name for name, field in model.model_fields.items()}


def _items(written: Any) -> list[Any]:
    if isinstance(written, Mapping):
        return [
            {"name": name, **item} if isinstance(item, Mapping) else {"name": name, "path": item}
            for name, item in written.items()
        ]
    return list(written) if isinstance(written, list) else []


def _resource(written: Any, shared_path: Any, notes: ConversionLog) -> Json | None:
    if isinstance(written, str):
        return {"name": written, "endpoint": {"path": written}}
    if not isinstance(written, Mapping):
        notes.leave_out(None, "a resource", _why_not(written))
        return None
    resource = _renamed("resource", written)
    name = str(resource.get("name") or "")
    endpoint = _endpoint(resource.pop("endpoint", None), name, notes)
    _move(resource, Resource, Endpoint, endpoint, notes)
    for key in [key for key in resource if key in OTHER_NAMES["endpoint"]]:
        endpoint.setdefault(OTHER_NAMES["endpoint"][key], resource.pop(key))
    _move(endpoint, Endpoint, Resource, resource, notes)
    _shape_blocks(endpoint)
    # dlt takes the name where a path stands in the defaults alone, which nobody means.
    path = name if shared_path is None else shared_path
    if not isinstance(endpoint.setdefault("path", path), str | Reference):
        endpoint["path"] = name
        notes.leave_out(name, "endpoint.path", "it is no text, so the name is the path")
    return {**resource, "endpoint": endpoint}


def _why_not(written: Any) -> str:
    if isinstance(written, Code):
        return f"{written.what} on line {written.line} is code, which is not run"
    return "it is neither a name nor an object"


def _endpoint(written: Any, resource: str | None, notes: ConversionLog) -> Json:
    if isinstance(written, str):
        return {"path": written}
    return _renamed("endpoint", _object(written, resource, "endpoint", notes))


def _shape_blocks(holder: Json) -> None:
    """Give the blocks of an endpoint, or of the client, their own names of keys."""
    if isinstance(holder.get("incremental"), str):
        holder["incremental"] = {"cursor_path": holder["incremental"]}
    for key in ("paginator", "error_handler", "incremental"):
        if isinstance(holder.get(key), Mapping):
            holder[key] = _renamed(key, holder[key])
    paginator = holder.get("paginator")
    if isinstance(paginator, str):
        holder["paginator"] = {"type": PAGINATORS.get(paginator.lower(), paginator)}
    elif isinstance(paginator, Mapping) and isinstance(paginator.get("type"), str):
        kind = paginator["type"]
        holder["paginator"] = {**paginator, "type": PAGINATORS.get(kind.lower(), kind)}


def _move(holder: Json, own: type[Any], other: type[Any], to: Json, notes: ConversionLog) -> None:
    """Move the keys that belong to another model; a key that is there already wins."""
    if holder is to:
        return
    for key in [key for key in holder if key in keys_of(other) - keys_of(own)]:
        value = holder.pop(key)
        if to.setdefault(key, value) is not value:
            notes.leave_out(None, key, "it is written twice")


def _object(written: Any, resource: str | None, key: str, notes: ConversionLog) -> Json:
    if isinstance(written, Mapping):
        return dict(written)
    if written is not None:
        notes.leave_out(resource, key, _NO_OBJECT)
    return {}


def _renamed(kind: str, written: Mapping[str, Any]) -> Json:
    names = OTHER_NAMES[kind]
    return {
        names.get(key, key): value
        for key, value in written.items()
        if names.get(key, key) == key or names[key] not in written
    }
