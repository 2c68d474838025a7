"""Translates Airbyte's low-code keys into this project's: names, placeholders, cursors, parents.

There is one translator: `declaration.resolve` calls it, so that these keys can be in a
`defs.yaml`, and so does `convert`, which writes a `defs.yaml` from a document. Keys of our own stay
as they are.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.auth import list_auth_types
from analytics_ingest.declaration.airbyte.incremental_sync import (
    TEXTS,
    TIME_OPTIONS,
    find_partitions,
    limit_windows,
    translate_cursor,
)
from analytics_ingest.declaration.airbyte.partition_router import asks_changed, translate_router
from analytics_ingest.declaration.airbyte.placeholders import translate_placeholders
from analytics_ingest.declaration.airbyte.response_filters import translate_filters
from analytics_ingest.declaration.airbyte.target import Target
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.placeholders import SETTING

_MOVED = ("incremental_sync", "partition_router")
_BARE = re.compile(r"\{\{?\s*(\w+)\s*\}?\}")

Syncs = list[Mapping[str, Any]]


def translate(api: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Translate an API's attributes; the given ones stay as they are.

    Args:
        api: Its name, for messages.

    Raises:
        DeclarationError: One of Airbyte's keys holds what it cannot mean.
    """
    syncs: Syncs = []
    clean = dict(attributes)
    defaults = _translate_resource(api, None, clean.get("resource_defaults") or {}, syncs)
    if isinstance(clean.get("client"), Mapping):
        clean["client"] = _translate_client(api, clean["client"], defaults)
    if defaults:
        clean["resource_defaults"] = defaults
    given = clean.get("resources") or []
    clean["resources"] = [
        _translate_resource(api, raw.get("name"), raw, syncs) if isinstance(raw, Mapping) else raw
        for raw in given
    ]
    shared = attributes.get("resource_defaults") or {}
    _limit_windows(defaults, shared, {}, {})
    for raw, resource in zip(given, clean["resources"], strict=True):
        if isinstance(resource, Mapping):
            _limit_windows(resource, raw, defaults, shared)
    if partitions := find_partitions(syncs):
        declared = clean.get("partitions") or {}
        own = {"every": declared} if isinstance(declared, str) else declared
        clean["partitions"] = {**partitions, **own}
    return clean


def _translate_client(api: str, raw: Mapping[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    client = dict(raw)
    if "base_url" in client:
        # No parent and no value of a list can fill it.
        client["base_url"] = _BARE.sub(r"{settings.\1}", translate_placeholders(client["base_url"]))
    if "headers" in client:
        client["headers"] = translate_placeholders(client["headers"])
    if "auth" in client:
        client["auth"] = _translate_auth(api, client["auth"])
    if _has_time_options(client.get("paginator")):
        shared = Target(Place(api), _expand_path(defaults.get("endpoint")))
        client["paginator"] = _take_time_options(client["paginator"], shared)
        defaults["endpoint"] = shared.endpoint
    return client


def _translate_resource(
    api: str, name: str | None, raw: Mapping[str, Any], syncs: Syncs
) -> dict[str, Any]:
    resource = {key: value for key, value in raw.items() if key not in _MOVED}
    moved = {key: raw[key] for key in _MOVED if raw.get(key) is not None}
    if resource.get("endpoint") is not None or moved:
        own = _expand_path(resource.get("endpoint"))
        if twice := next((key for key in moved if own.get(key) is not None), None):
            raise Place(api, name).build_error(twice, "is in endpoint too; remove one of the two")
        router = moved.get("partition_router") or own.get("partition_router")
        if asks_changed(router):
            resource.setdefault("parents", "changed")
        resource["endpoint"] = _translate_endpoint(api, name, {**moved, **own}, syncs)
    changes = resource.get("changes")
    if isinstance(changes, Mapping) and changes.get("endpoint") is not None:
        own = _expand_path(changes["endpoint"])
        resource["changes"] = {**changes, "endpoint": _translate_endpoint(api, name, own, [])}
    return resource


def _translate_endpoint(
    api: str, name: str | None, raw: Mapping[str, Any], syncs: Syncs
) -> dict[str, Any]:
    endpoint = {key: value for key, value in raw.items() if key not in _MOVED}
    for key in TEXTS:
        if key in endpoint:
            endpoint[key] = translate_placeholders(
                endpoint[key], is_path=key == "path", is_json=key == "json"
            )
    if "data_selector" in endpoint:
        endpoint["data_selector"] = _translate_selector(endpoint["data_selector"])
    if "auth" in endpoint:
        endpoint["auth"] = _translate_auth(api, endpoint["auth"])
    target = Target(Place(api, name), endpoint)
    _take_method(target)
    if sync := raw.get("incremental_sync"):
        syncs.append(sync)
        translate_cursor(sync, target)
    if _has_time_options(endpoint.get("paginator")):
        endpoint["paginator"] = _take_time_options(endpoint["paginator"], target)
    if router := raw.get("partition_router"):
        translate_router(router, target)
    handler = endpoint.get("error_handler")
    if isinstance(handler, Mapping) and handler.get("response_filters"):
        endpoint["error_handler"] = translate_filters(handler, target)
    return endpoint


def _limit_windows(
    resource: Mapping[str, Any],
    raw: Mapping[str, Any],
    defaults: Mapping[str, Any],
    shared: Mapping[str, Any],
) -> None:
    """Limit the windows of a resource, and of its changes, by its sync or that of the defaults.

    Args:
        raw: The resource as written.
        defaults: The translated defaults.
        shared: The defaults as written.
    """
    if isinstance(endpoint := resource.get("endpoint"), dict):
        inherited = defaults.get("endpoint") or {}
        limit_windows(endpoint, _find_sync(raw), inherited, _find_sync(shared))
    if isinstance(changes := resource.get("changes"), Mapping):
        of_changes = (holder.get("changes") or {} for holder in (raw, defaults, shared))
        _limit_windows(changes, *of_changes)


def _find_sync(raw: Mapping[str, Any]) -> Mapping[str, Any] | None:
    endpoint = raw.get("endpoint")
    inner = endpoint if isinstance(endpoint, Mapping) else {}
    return raw.get("incremental_sync") or inner.get("incremental_sync")


def _take_method(target: Target) -> None:
    endpoint = target.endpoint
    method = str(endpoint.pop("http_method", None) or "").upper()
    if not method:
        return
    own = str(endpoint.setdefault("method", method))
    if own.upper() != method:
        problem = f"'{method}' conflicts with method: {own}; remove one of them"
        raise target.place.build_error("endpoint.http_method", problem)


def _translate_selector(raw: Any) -> Any:
    if raw in ([], "[]"):
        return "$"
    if raw == "":
        return None  # as in dlt, which then detects the rows
    if isinstance(raw, list) and all(key == "*" or str(key).isidentifier() for key in raw):
        return ".".join(raw)
    return raw


def _has_time_options(paginator: Any) -> bool:
    return isinstance(paginator, Mapping) and any(key in paginator for key in TIME_OPTIONS)


def _take_time_options(paginator: Mapping[str, Any], target: Target) -> dict[str, Any]:
    """Translate a paginator's time options into the endpoint's cursor; returns its other keys."""
    translate_cursor({key: paginator[key] for key in TIME_OPTIONS if key in paginator}, target)
    return {key: value for key, value in paginator.items() if key not in TIME_OPTIONS}


def _translate_auth(api: str, raw: Any) -> Any:
    if isinstance(raw, str):
        return list_auth_types()[raw].name if raw in list_auth_types() else raw
    if not isinstance(raw, Mapping):
        return raw
    auth = {key: translate_placeholders(value) for key, value in raw.items()}
    kinds = (
        [kind]
        if (kind := list_auth_types().get(str(auth.get("type"))))
        else list_auth_types().values()
    )
    for key in {key for kind in kinds for key in kind.keys.secrets} & set(auth):
        if setting := SETTING.fullmatch(str(auth[key])):
            auth[key] = f"sources.{api}.{setting[1]}"
    if kind:
        auth["type"] = kind.name
    if isinstance(options := raw.get("options"), Mapping):
        auth["options"] = {name: _translate_auth(api, option) for name, option in options.items()}
    for alias, key in ((a, k) for kind in kinds for a, k in kind.keys.aliases.items()):
        if alias in auth and key not in auth:
            auth[key] = auth.pop(alias)
    if auth.get("refresh_token") is not None:
        auth.setdefault("grant_type", "refresh_token")
    return auth


def _expand_path(endpoint: Any) -> dict[str, Any]:
    return {"path": endpoint} if isinstance(endpoint, str) else dict(endpoint or {})
