"""Decides by what each resource is loaded: merged by its key, or replaced whole.

The key comes from the configuration, else from the prose. A write disposition that would lose or
double rows becomes the nearest one that does not.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.fields import Fields


def infer_keys(
    draft: Draft, primary: Mapping[str | None, str], fields: Mapping[str, Fields]
) -> None:
    """Give every resource a key, or make it a snapshot.

    Args:
        primary: Primary keys that the prose names: of all resources under None.
        fields: The fields of the prose, some of them keys.
    """
    holders = [draft.defaults, *draft.resources]
    for holder in holders:
        if holder.get("primary_key", "") in ("", [], None):
            holder.pop("primary_key", None)
    if set(primary) == {None} and not any("primary_key" in holder for holder in holders):
        draft.defaults["primary_key"] = primary[None]
        reason = f"primary_key is {primary[None]}, as the prose says"
        key = "resource_defaults.primary_key"
        draft.log.assume(None, reason, key=key, comment=FROM_TEXT)
    for resource in draft.resources:
        name = resource["name"]
        stated = primary.get(name) or _key_among(fields.get(name)) or primary.get(None)
        if stated and not draft.key_of(resource):
            resource["primary_key"] = stated
            reason = f"its primary_key is {stated}, as the prose says"
            draft.log.assume(name, reason, key="primary_key", comment=FROM_TEXT)
    for resource in draft.resources:
        _settle_disposition(draft, resource)
    _settle_default(draft)


def _settle_disposition(draft: Draft, resource: Json) -> None:
    """Give a resource a write disposition that can be kept."""
    name, key = resource["name"], draft.key_of(resource)
    kind = _disposition(resource) or _disposition(draft.defaults)
    if kind not in (None, "merge", "replace"):
        usual = "merge" if key else "replace"
        draft.log.assume(name, f"write_disposition {kind} became {usual}: rows load once")
    elif not key:
        reason = "no primary key is stated: it is loaded whole each time and replaces its table"
        draft.log.assume(name, reason)
    elif kind == "replace":
        draft.log.assume(name, "it is replaced, so it is loaded whole, without partitions")
        resource["endpoint"]["incremental"] = None
        return
    else:
        return
    resource.pop("write_disposition", None)
    if not key:
        # A snapshot has no cursor of its own accord.
        resource["endpoint"].pop("incremental", None)
        if "incremental" in draft.shared:
            resource["endpoint"]["incremental"] = None


def _settle_default(draft: Draft) -> None:
    """Drop a default that does not hold for all; resources with a key are merged anyway."""
    kind = _disposition(draft.defaults)
    is_kept = kind == "replace" or (kind == "merge" and all(map(draft.key_of, draft.resources)))
    if not is_kept:
        draft.defaults.pop("write_disposition", None)


def _key_among(fields: Fields | None) -> str | list[str] | None:
    keys = fields.keys if fields else []
    return keys[0] if len(keys) == 1 else keys or None


def _disposition(holder: Json) -> str | None:
    """The write disposition; a strategy that cannot be kept makes it a kind of its own."""
    raw: Any = holder.get("write_disposition")
    if isinstance(raw, Mapping):
        strategy = raw.get("strategy")
        kind = str(raw.get("disposition"))
        return kind if strategy in (None, "delete-insert", "upsert") else f"{kind} by {strategy}"
    return None if raw is None else str(raw)
