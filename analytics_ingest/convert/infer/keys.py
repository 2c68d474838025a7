"""Decides by what each resource is loaded: merged by its key, or replaced whole.

The key comes from the configuration, else from the prose. What a document writes that would lose
rows or double them here becomes the nearest that does not.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT, ConversionLog
from analytics_ingest.convert.normalize.structure import with_resources
from analytics_ingest.convert.prose.fields import Fields

Json = dict[str, Any]


def with_keys(
    api: Json, primary: Mapping[str | None, str], fields: Mapping[str, Fields], notes: ConversionLog
) -> Json:
    """The configuration with a key, or as a snapshot, for every resource.

    Args:
        primary: Primary keys that the prose names: of all resources under None.
        fields: The fields of the prose, some of them keys.
    """
    defaults = _without_empty_key(api.get("resource_defaults", {}))
    resources = [_without_empty_key(resource) for resource in api["resources"]]
    is_silent = not any("primary_key" in holder for holder in (defaults, *resources))
    if is_silent and set(primary) == {None}:
        defaults["primary_key"] = primary[None]
        notes.assume(
            None,
            f"primary_key is {primary[None]}, as the prose says",
            key="resource_defaults.primary_key",
            comment=FROM_TEXT,
        )
    for resource in resources:
        name = resource["name"]
        found = primary.get(name) or _key_among(fields.get(name)) or primary.get(None)
        if found and not _key(resource, defaults):
            resource["primary_key"] = found
            told = f"its primary_key is {found}, as the prose says"
            notes.assume(name, told, key="primary_key", comment=FROM_TEXT)
    settled = [_settled(resource, defaults, notes) for resource in resources]
    if _kind(defaults) == "merge" and not all(_key(resource, defaults) for resource in settled):
        del defaults["write_disposition"]  # Resources with a key are merged anyway.
    elif _kind(defaults) not in (None, "merge", "replace"):
        del defaults["write_disposition"]
    return with_resources(api, defaults, settled)


def _settled(resource: Json, defaults: Json, notes: ConversionLog) -> Json:
    """A resource whose write disposition is one that can be kept."""
    name, key = resource["name"], _key(resource, defaults)
    written = _kind(resource) or _kind(defaults)
    own = {key: value for key, value in resource.items() if key != "write_disposition"}
    usual = "merge" if key else "replace"
    if written not in (None, "merge", "replace"):
        notes.assume(name, f"write_disposition {written} became {usual}: rows load once")
        return own if key else _snapshot(own, defaults)
    if not key:
        told = "no primary key is stated: it is loaded whole each time and replaces its table"
        notes.assume(name, told)
        return _snapshot(own, defaults)
    if written == "replace":
        notes.assume(name, "it is replaced, so it is loaded whole, without partitions")
        resource["endpoint"] = {**resource["endpoint"], "incremental": None}
    return resource


def _snapshot(resource: Json, defaults: Json) -> Json:
    """A resource without a key; it has no cursor of its own accord."""
    endpoint = {key: item for key, item in resource["endpoint"].items() if key != "incremental"}
    if "incremental" in defaults.get("endpoint", {}):
        endpoint["incremental"] = None
    return {**resource, "endpoint": endpoint}


def _without_empty_key(holder: Json) -> Json:
    is_empty = holder.get("primary_key", "") in ("", [], None)
    return {k: v for k, v in holder.items() if k != "primary_key" or not is_empty}


def _key_among(fields: Fields | None) -> str | list[str] | None:
    keys = fields.keys if fields else []
    return keys[0] if len(keys) == 1 else keys or None


def _key(resource: Json, defaults: Json) -> Any:
    return resource.get("primary_key") or defaults.get("primary_key")


def _kind(holder: Json) -> str | None:
    """The write disposition; a strategy that cannot be kept makes it a kind of its own."""
    written = holder.get("write_disposition")
    if isinstance(written, Mapping):
        strategy = written.get("strategy")
        kind = str(written.get("disposition"))
        return kind if strategy in (None, "delete-insert", "upsert") else f"{kind} by {strategy}"
    return None if written is None else str(written)
