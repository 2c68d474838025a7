"""Decides how each resource is loaded: merged by its key, or replaced whole.

The key comes from the configuration, else from the prose. A write disposition that would lose or
double rows is dropped later, with all else that cannot work (`fit_to_model`).
"""

from collections.abc import Mapping

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.fields import Fields


def infer_keys(
    draft: Draft, primary: Mapping[str | None, str | list[str]], fields: Mapping[str, Fields]
) -> None:
    """Give every resource a key, or make it a snapshot.

    Args:
        primary: Primary keys that the prose names: of all resources under None.
        fields: The fields of the prose, some of them keys.
    """
    holders = [draft.defaults, *draft.resources]
    for holder in holders:
        for key in ("primary_key", "write_disposition"):
            if not holder.get(key):
                holder.pop(key, None)
    if set(primary) == {None} and not any("primary_key" in holder for holder in holders):
        draft.defaults["primary_key"] = primary[None]
        reason = f"primary_key is {_spell(primary[None])}, as the prose says"
        key = "resource_defaults.primary_key"
        draft.log.assume(None, reason, key=key, comment=FROM_TEXT)
    for resource in draft.resources:
        name = resource["name"]
        own = primary.get(name) or _find_key(fields.get(name))
        stated = own or primary.get(None)
        # What is said of one resource is nearer than what holds for all.
        is_nearer = own and "primary_key" not in resource and own != draft.find_key(resource)
        if stated and (is_nearer or not draft.find_key(resource)):
            resource["primary_key"] = stated
            reason = f"its primary_key is {_spell(stated)}, as the prose says"
            draft.log.assume(name, reason, key="primary_key", comment=FROM_TEXT)
    for resource in draft.resources:
        _settle_disposition(draft, resource)


def _spell(key: str | list[str]) -> str:
    return key if isinstance(key, str) else ", ".join(key)


def _settle_disposition(draft: Draft, resource: Json) -> None:
    """Make a resource a snapshot if it has no key or is replaced."""
    name, endpoint = resource["name"], resource["endpoint"]
    raw = resource.get("write_disposition", draft.defaults.get("write_disposition"))
    kind = raw.get("disposition") if isinstance(raw, Mapping) else raw
    if not draft.find_key(resource):
        reason = "no primary key is stated: it is loaded whole each time and replaces its table"
        draft.log.assume(name, reason)
        # A snapshot gets no cursor that is only inferred.
        endpoint.pop("incremental", None)
        endpoint |= {"incremental": None} if "incremental" in draft.shared else {}
    elif kind == "replace":
        draft.log.assume(name, "it is replaced, so it is loaded whole, without partitions")
        endpoint["incremental"] = None


def _find_key(fields: Fields | None) -> str | list[str] | None:
    keys = fields.keys if fields else []
    return keys[0] if len(keys) == 1 else keys or None
