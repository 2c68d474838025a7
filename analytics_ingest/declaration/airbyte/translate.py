"""The form in which documents write an API → the clean form: names, placeholders, cursors, parents.

`declaration.resolve` translates what it is given, so a document's dictionary can stand in a
`defs.yaml`; whoever writes a `defs.yaml` from a document translates it first. What is clean
already stays as it is.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.declaration.airbyte.incremental_sync import (
    TIME_OPTIONS,
    partitions_of,
    translated_cursor,
)
from analytics_ingest.declaration.airbyte.partition_router import translated_router
from analytics_ingest.declaration.models.types import SECRETS
from analytics_ingest.declaration.placeholders import SETTING, rewritten

_AUTH_TYPES = {"basic": "http_basic", "oauth2": "oauth2_client_credentials"}
_MOVED = ("incremental_sync", "partition_router")
_BARE = re.compile(r"\{\{?\s*(\w+)\s*\}?\}")
_TEXTS = ("path", "params", "headers", "json", "data")

Syncs = list[Mapping[str, Any]]


def translate(api: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Rewrite an API's attributes, as they stand in a YAML file or a document; changes nothing.

    Args:
        api: Its name, for messages.

    Raises:
        DeclarationError: A key of the documents' form holds what it cannot mean.
    """
    syncs: Syncs = []
    clean = dict(attributes)
    defaults = _resource(api, None, clean.get("resource_defaults") or {}, syncs)
    if isinstance(clean.get("client"), Mapping):
        clean["client"] = _client(api, clean["client"], defaults)
    if defaults:
        clean["resource_defaults"] = defaults
    clean["resources"] = [
        _resource(api, written.get("name"), written, syncs)
        if isinstance(written, Mapping)
        else written
        for written in clean.get("resources") or []
    ]
    if found := partitions_of(syncs):
        declared = clean.get("partitions") or {}
        own = {"every": declared} if isinstance(declared, str) else declared
        clean["partitions"] = {**found, **own}
    return clean


def _client(api: str, written: Mapping[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    client = dict(written)
    if "base_url" in client:
        # No parent and no value of a list can fill it.
        client["base_url"] = _BARE.sub(r"{settings.\1}", rewritten(client["base_url"]))
    if "headers" in client:
        client["headers"] = rewritten(client["headers"])
    if "auth" in client:
        client["auth"] = _auth(api, client["auth"])
    if _has_time_options(client.get("paginator")):
        shared = _block(defaults.get("endpoint"), "path")
        client["paginator"] = _paginator(api, None, client["paginator"], shared)
        defaults["endpoint"] = shared
    return client


def _resource(
    api: str, name: str | None, written: Mapping[str, Any], syncs: Syncs
) -> dict[str, Any]:
    resource = {key: value for key, value in written.items() if key not in _MOVED}
    moved = {key: written[key] for key in _MOVED if written.get(key) is not None}
    if resource.get("endpoint") is not None or moved:
        own = _block(resource.get("endpoint"), "path")
        resource["endpoint"] = _endpoint(api, name, {**moved, **own}, syncs)
    return resource


def _endpoint(
    api: str, name: str | None, written: Mapping[str, Any], syncs: Syncs
) -> dict[str, Any]:
    endpoint = {key: value for key, value in written.items() if key not in _MOVED}
    for key in _TEXTS:
        if key in endpoint:
            endpoint[key] = rewritten(endpoint[key], is_path=key == "path")
    if "data_selector" in endpoint:
        endpoint["data_selector"] = _selector(endpoint["data_selector"])
    if "http_method" in endpoint:
        endpoint["method"] = str(endpoint.pop("http_method")).upper()
    if "auth" in endpoint:
        endpoint["auth"] = _auth(api, endpoint["auth"])
    if sync := written.get("incremental_sync"):
        syncs.append(sync)
        translated_cursor(api, name, sync, endpoint)
    if _has_time_options(endpoint.get("paginator")):
        endpoint["paginator"] = _paginator(api, name, endpoint["paginator"], endpoint)
    if router := written.get("partition_router"):
        translated_router(api, name, router, endpoint)
    return endpoint


def _selector(written: Any) -> Any:
    if written in ([], "[]", ""):
        return "$"
    if isinstance(written, list) and all(key == "*" or str(key).isidentifier() for key in written):
        return ".".join(written)
    return written


def _has_time_options(paginator: Any) -> bool:
    return isinstance(paginator, Mapping) and any(key in paginator for key in TIME_OPTIONS)


def _paginator(
    api: str, name: str | None, written: Mapping[str, Any], endpoint: dict[str, Any]
) -> dict[str, Any]:
    options = {key: written[key] for key in TIME_OPTIONS if key in written}
    translated_cursor(api, name, options, endpoint)
    return {key: value for key, value in written.items() if key not in TIME_OPTIONS}


def _auth(api: str, written: Any) -> Any:
    if isinstance(written, str):
        return _AUTH_TYPES.get(written, written)
    if not isinstance(written, Mapping):
        return written
    auth = {key: rewritten(value) for key, value in written.items()}
    for key in set(SECRETS) & set(auth):
        if setting := SETTING.fullmatch(str(auth[key])):
            auth[key] = f"sources.{api}.{setting[1]}"
    if auth.get("type") in _AUTH_TYPES:
        auth["type"] = _AUTH_TYPES[auth["type"]]
    if "token_url" in auth:
        auth.setdefault("access_token_url", auth.pop("token_url"))
    if auth.get("refresh_token") is not None:
        auth.setdefault("grant_type", "refresh_token")
    return auth


def _block(written: Any, shorthand: str) -> dict[str, Any]:
    return {shorthand: written} if isinstance(written, str) else dict(written or {})
